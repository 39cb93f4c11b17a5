import type { Image } from '@kith/core';
import { expect, test } from 'vitest';
import { cropFace, shareOfChip } from './face-crop.ts';

/** Red tells the column, green the row. */
const ramp: Image = {
  width: 150,
  height: 150,
  data: Uint8Array.from({ length: 150 * 150 * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [pixel % 150, Math.floor(pixel / 150), 7][i % 3]!;
  }),
};

test('with the room of the chips, a crop of their size is the chip', () => {
  expect(cropFace(ramp, { sizePx: 150, padding: 0.25 })).toEqual(ramp.data);
});

test('a crop with less room is the middle, its corners as far from the centre as its share says', () => {
  const crop = { sizePx: 64, padding: 0.15 };
  const pixels = cropFace(ramp, crop);
  expect(pixels).toHaveLength(64 * 64 * 3);
  const side = 150 * (1.3 / 1.5);
  expect(shareOfChip(crop) * 150).toBeCloseTo(side);
  for (const [u, v] of [
    [0, 0],
    [63, 0],
    [20, 41],
  ] as const) {
    // pixels are squares: the crop's middle is the chip's
    const expected = [u, v].map((at) => ((at + 0.5) / 64 - 0.5) * side + 75 - 0.5);
    expect(Math.abs(pixels[(v * 64 + u) * 3]! - expected[0]!)).toBeLessThan(1);
    expect(Math.abs(pixels[(v * 64 + u) * 3 + 1]! - expected[1]!)).toBeLessThan(1);
  }
});
