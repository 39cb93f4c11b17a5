import { createRandom, type Image } from '@kith/core';
import { expect, test } from 'vitest';
import { letterbox } from './letterbox.ts';

function noisy(width: number, height: number): Image {
  const random = createRandom(width * 1000 + height);
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random() * 256)) };
}

/** The definition: pad with black, then take each px from the four around its place. */
function paddedThenResized(image: Image, sidePx: number): Float32Array {
  const longer = Math.max(image.width, image.height);
  const padded = (x: number, y: number, c: number) =>
    x < image.width && y < image.height ? image.data[(y * image.width + x) * 3 + c]! : 0;
  const out = new Float32Array(sidePx * sidePx * 3);
  for (let v = 0; v < sidePx; v++)
    for (let u = 0; u < sidePx; u++)
      for (let c = 0; c < 3; c++) {
        const [x, y] = [(u * longer) / sidePx, (v * longer) / sidePx];
        const [x0, y0] = [Math.floor(x), Math.floor(y)];
        const [x1, y1] = [Math.min(x0 + 1, longer - 1), Math.min(y0 + 1, longer - 1)];
        const above = padded(x0, y0, c) * (1 - x + x0) + padded(x1, y0, c) * (x - x0);
        const below = padded(x0, y1, c) * (1 - x + x0) + padded(x1, y1, c) * (x - x0);
        out[(v * sidePx + u) * 3 + c] = above * (1 - y + y0) + below * (y - y0);
      }
  return out;
}

test.each([
  [40, 40, 64],
  [61, 23, 32],
  [23, 61, 32],
  [17, 30, 96],
  [1, 50, 32],
  [50, 1, 32],
  [1, 1, 32],
])('an image of %i × %i px at %i px is padded, then resized', (width, height, sidePx) => {
  const image = noisy(width, height);
  const expected = paddedThenResized(image, sidePx);
  const got = letterbox(image, sidePx);
  expect(got.length).toBe(expected.length);
  expect(got.findIndex((value, i) => Math.abs(value - expected[i]!) > 1e-3)).toBe(-1);
});

test('a square of the asked size comes back as it is', () => {
  const image = noisy(32, 32);
  expect([...letterbox(image, 32)]).toEqual([...image.data]);
});
