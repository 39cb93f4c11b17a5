import { type Box, boxCentre, boxSize, createImage, type Image } from '@kith/core';

/**
 * Cut a square around a box out of an image: moved, and where need be shrunk, to lie inside the frame.
 *
 * @param margin - Share of the box's longer side that is added on each side.
 */
export function cropAround(image: Image, box: Box, { margin = 0.35 }: { readonly margin?: number } = {}): Image {
  const { width, height } = boxSize(box);
  const [x, y] = boxCentre(box);
  const wanted = Math.round(Math.max(width, height) * (1 + 2 * margin));
  const side = Math.max(1, Math.min(wanted, image.width, image.height));
  const left = Math.min(Math.max(0, Math.round(x - side / 2)), image.width - side);
  const top = Math.min(Math.max(0, Math.round(y - side / 2)), image.height - side);
  const square = createImage({ width: side, height: side });
  for (let row = 0; row < side; row++) {
    const from = ((top + row) * image.width + left) * 3;
    square.data.set(image.data.subarray(from, from + side * 3), row * side * 3);
  }
  return square;
}
