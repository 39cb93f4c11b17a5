import { type Affine, composeAffine, identityAffine } from './geometry.ts';
import type { Image } from './image.ts';

/** A smaller copy of an image, and the way from its px to the original's. */
export interface Shrunk {
  readonly image: Image;
  readonly toOriginal: Affine;
}

/**
 * Halve an image until its longer side is below twice `sidePx`; each pixel is the mean of four. An image that is small enough comes back as it is.
 *
 * @param sidePx - At least 1.
 */
export function shrink(image: Image, sidePx: number): Shrunk {
  let shrunk: Shrunk = { image, toOriginal: identityAffine };
  while (
    Math.max(shrunk.image.width, shrunk.image.height) >= 2 * sidePx &&
    Math.min(shrunk.image.width, shrunk.image.height) >= 2
  ) {
    // pixel centres: 0 of the half lies between 0 and 1 of the whole
    const doubled: Affine = { a: 2, b: 0, c: 0.5, d: 0, e: 2, f: 0.5 };
    shrunk = { image: halve(shrunk.image), toOriginal: composeAffine(doubled, shrunk.toOriginal) };
  }
  return shrunk;
}

function halve({ width, height, data }: Image): Image {
  const w = width >> 1;
  const h = height >> 1;
  const out = new Uint8Array(w * h * 3);
  const row = width * 3;
  for (let y = 0, o = 0; y < h; y++) {
    let i = 2 * y * row;
    for (let x = 0; x < w; x++, i += 6, o += 3) {
      const j = i + row;
      out[o] = (data[i]! + data[i + 3]! + data[j]! + data[j + 3]! + 2) >> 2;
      out[o + 1] = (data[i + 1]! + data[i + 4]! + data[j + 1]! + data[j + 4]! + 2) >> 2;
      out[o + 2] = (data[i + 2]! + data[i + 5]! + data[j + 2]! + data[j + 5]! + 2) >> 2;
    }
  }
  return { width: w, height: h, data: out };
}
