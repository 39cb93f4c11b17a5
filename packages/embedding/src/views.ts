import { type Image, warpAffine } from '@kith/core';

/** Share of the aligned face that a closer view shows. */
export const closerShare = 0.92;

const looks = {
  whole: (image: Image) => image,
  wholeMirrored: mirrorImage,
  closer: (image: Image) => zoomImage(image, closerShare),
  closerMirrored: (image: Image) => mirrorImage(zoomImage(image, closerShare)),
};

/** A way to look at an aligned face: whole or closer, as it is or in a mirror. */
export type FaceView = keyof typeof looks;

export const faceViews = Object.keys(looks) as readonly FaceView[];

/** The face as a view shows it. */
export function lookAt(image: Image, view: FaceView): Image {
  return looks[view](image);
}

/** Name views for an embedding space, with how close the closer ones are. */
export function nameViews(views: readonly FaceView[]): string {
  const isCloser = views.some((view) => view.startsWith('closer'));
  return `${views.join('+')}${isCloser ? `, closer ${closerShare}` : ''}`;
}

/** The image as seen in a mirror. */
export function mirrorImage({ width, height, data }: Image): Image {
  const out = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0, from = (y * width + width - 1) * 3, to = y * width * 3; x < width; x++, from -= 3, to += 3) {
      out[to] = data[from]!;
      out[to + 1] = data[from + 1]!;
      out[to + 2] = data[from + 2]!;
    }
  }
  return { width, height, data: out };
}

/**
 * The image seen closer, about its middle.
 *
 * @param share - Share of the width and height that fills the result, in (0, 1].
 */
export function zoomImage(image: Image, share: number): Image {
  const { width, height } = image;
  const toImage = {
    a: share,
    b: 0,
    c: ((1 - share) * (width - 1)) / 2,
    d: 0,
    e: share,
    f: ((1 - share) * (height - 1)) / 2,
  };
  return warpAffine(image, toImage, { width, height });
}
