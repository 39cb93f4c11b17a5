import { type AlignedFace, type Box, boxCentre, boxSize, clipBox, FaceError, type Image, warpAffine } from '@kith/core';

/** A crop by a detector's box alone, which no landmark turns or shifts, and the square image that it is scaled to. */
export interface BoxCrop {
  readonly name: string;
  readonly sizePx: number;
  /** Added to the box's width and height in px of the photo, half of it on each side. */
  readonly marginPx: number;
  /** `stretched`: cut at the photo's frame, its aspect lost. `square`: as wide as the longer side, black beyond the photo. */
  readonly shape: 'stretched' | 'square';
}

/**
 * The crop of FaceNet's public weights: a box from brow to chin, 16 px more on each side whatever the face's size, cut at the photo's
 * frame, stretched to a square. For 182 px, of which training cut 160 at random, the margin is 44 px. Places are not rounded to whole px.
 *
 * @see Sandberg, facenet, 2018, which crops so by MTCNN's boxes; {@link facenetHead}, which does not need them.
 */
export function facenetBox({
  sizePx = 160,
  marginPx = 32,
}: Partial<Pick<BoxCrop, 'sizePx' | 'marginPx'>> = {}): BoxCrop {
  return { name: `facenet-box-${sizePx}-${marginPx}`, sizePx, marginPx, shape: 'stretched' };
}

/** No alignment: the square around the detector's box. @see Taigman et al., DeepFace, CVPR 2014, §5.3, "no alignment". */
export function detectorBox({
  sizePx = 152,
  marginPx = 0,
}: Partial<Pick<BoxCrop, 'sizePx' | 'marginPx'>> = {}): BoxCrop {
  return { name: `detector-box-${sizePx}-${marginPx}`, sizePx, marginPx, shape: 'square' };
}

/**
 * Cut a face out by its box.
 *
 * @param image - The photo.
 * @param box - Of a detector, px of the photo; it may reach beyond it.
 * @throws {FaceError} `FACE_NOT_FOUND` when the box has no area, is not finite, or with `stretched` lies outside the photo.
 */
export function alignToBox(image: Image, box: Box, { crop }: { readonly crop: BoxCrop }): AlignedFace {
  const { sizePx } = crop;
  const { xMin, yMin, xMax, yMax } = frameAround(box, image, crop);
  const [across, down] = [(xMax - xMin) / sizePx, (yMax - yMin) / sizePx];
  // a box counts from pixels' edges, a transform from their centres
  const toImage = { a: across, b: 0, c: xMin + across / 2 - 0.5, d: 0, e: down, f: yMin + down / 2 - 0.5 };
  return { image: warpAffine(image, toImage, { width: sizePx, height: sizePx }), toImage };
}

function frameAround(box: Box, image: Image, { marginPx, shape }: BoxCrop): Box {
  requireArea(box, 'The box of a face');
  const { width, height } = boxSize(box);
  if (shape === 'square')
    return around(box, { width: Math.max(width, height), height: Math.max(width, height), marginPx });
  const frame = clipBox(around(box, { width, height, marginPx }), image);
  requireArea(frame, 'The part of a face inside the photo');
  return frame;
}

interface Extent {
  readonly width: number;
  readonly height: number;
  readonly marginPx: number;
}

function around(box: Box, { width, height, marginPx }: Extent): Box {
  const [x, y] = boxCentre(box);
  const [across, down] = [(width + marginPx) / 2, (height + marginPx) / 2];
  return { xMin: x - across, yMin: y - down, xMax: x + across, yMax: y + down };
}

function requireArea(box: Box, what: string): void {
  const { width, height } = boxSize(box);
  if (!(width > 0 && height > 0 && Number.isFinite(width * height))) {
    throw new FaceError('FACE_NOT_FOUND', `${what} needs an area, got ${width} × ${height} px.`);
  }
}
