import { createImage, type Detector, type Image } from '@kith/core';
import { expect, test } from 'vitest';
import { padded } from './padded.ts';

/** Finds the bright pixels: a detector whose answer is known. */
const brightPixels: Detector = {
  name: 'bright',
  async detect({ width, data }: Image) {
    const at = Array.from({ length: data.length / 3 }, (_, i) => i).filter((i) => data[3 * i]! > 0);
    const [xs, ys] = [at.map((i) => i % width), at.map((i) => Math.floor(i / width))];
    const box = { xMin: Math.min(...xs), yMin: Math.min(...ys), xMax: Math.max(...xs) + 1, yMax: Math.max(...ys) + 1 };
    return [{ box, score: 1 }];
  },
};

test.each([0.25, 0.5, 1])('boxes found with a margin of %d are in px of the image itself', async (margin) => {
  const image = createImage({ width: 20, height: 14 });
  for (let y = 3; y < 9; y++) image.data.fill(200, (y * 20 + 5) * 3, (y * 20 + 12) * 3);
  const [plain] = await brightPixels.detect(image);
  const [found] = await padded(brightPixels, { margin }).detect(image);
  expect(plain!.box).toEqual({ xMin: 5, yMin: 3, xMax: 12, yMax: 9 });
  expect(found).toEqual(plain);
});

test('a margin is above 0', () => {
  expect(() => padded(brightPixels, { margin: 0 })).toThrow(expect.objectContaining({ code: 'USAGE' }));
});
