import type { Image } from '@kith/core';

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
