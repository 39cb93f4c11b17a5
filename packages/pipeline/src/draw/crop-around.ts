import { type Box, boxCentre, boxSize, createImage, type Image } from '@kith/core';

/**
 * Cut the square around a box out of an image; what lies beyond the frame is left white.
 *
 * @param margin - Share of the box's longer side that is added on each side.
 */
export function cropAround(image: Image, box: Box, { margin = 0.35 }: { readonly margin?: number } = {}): Image {
  const { width, height } = boxSize(box);
  const [x, y] = boxCentre(box);
  const side = Math.max(1, Math.round(Math.max(width, height) * (1 + 2 * margin)));
  const left = Math.round(x - side / 2);
  const top = Math.round(y - side / 2);
  const square = createImage({ width: side, height: side }, { fill: [255, 255, 255] });
  const from = Math.max(0, left);
  const to = Math.min(image.width, left + side);
  for (let row = Math.max(0, top); row < Math.min(image.height, top + side); row++) {
    const pixels = image.data.subarray((row * image.width + from) * 3, (row * image.width + to) * 3);
    if (to > from) square.data.set(pixels, ((row - top) * side + from - left) * 3);
  }
  return square;
}
