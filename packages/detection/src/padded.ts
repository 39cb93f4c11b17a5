import { type Detector, FaceError, type Image } from '@kith/core';

/**
 * Look at an image with a black margin around it, so that a face that fills the frame is seen smaller.
 *
 * @param detector - Asked about the padded image.
 * @param margin - On each side, as a share of the image's longer side.
 * @returns A detector whose boxes are in px of the image itself.
 */
export function padded(detector: Detector, { margin = 0.5 }: { readonly margin?: number } = {}): Detector {
  if (!(margin > 0 && margin <= 2)) throw new FaceError('USAGE', `A margin is above 0 and at most 2, got ${margin}.`);
  return {
    name: `${detector.name}+${margin}`,
    async detect(image) {
      const marginPx = Math.round(Math.max(image.width, image.height) * margin);
      const detections = await detector.detect(pad(image, marginPx));
      return detections.map(({ box, score }) => ({
        box: {
          xMin: box.xMin - marginPx,
          yMin: box.yMin - marginPx,
          xMax: box.xMax - marginPx,
          yMax: box.yMax - marginPx,
        },
        score,
      }));
    },
  };
}

function pad({ width, height, data }: Image, marginPx: number): Image {
  const wide = width + 2 * marginPx;
  const tall = height + 2 * marginPx;
  const out = new Uint8Array(wide * tall * 3);
  for (let y = 0; y < height; y++) {
    out.set(data.subarray(y * width * 3, (y + 1) * width * 3), ((y + marginPx) * wide + marginPx) * 3);
  }
  return { width: wide, height: tall, data: out };
}
