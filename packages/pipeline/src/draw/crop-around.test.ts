import { createImage } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cropAround } from './crop-around.ts';

test('a crop is a square of the image, wherever the box lies', () => {
  const side = fc.integer({ min: 1, max: 40 });
  const edge = fc.integer({ min: -30, max: 60 });
  fc.assert(
    fc.property(side, side, edge, edge, side, (width, height, xMin, yMin, boxSide) => {
      const image = createImage({ width, height });
      // each pixel says where it is
      for (let i = 0; i < width * height; i++) image.data.set([i % width, Math.floor(i / width), 7], 3 * i);
      const crop = cropAround(image, { xMin, yMin, xMax: xMin + boxSide, yMax: yMin + boxSide });
      expect(crop.width).toBe(crop.height);
      expect(crop.width).toBeLessThanOrEqual(Math.min(width, height));
      const [left, top] = crop.data;
      for (let i = 0; i < crop.width * crop.height; i++) {
        const expected = [left! + (i % crop.width), top! + Math.floor(i / crop.width), 7];
        expect([...crop.data.subarray(3 * i, 3 * i + 3)]).toEqual(expected);
      }
    }),
    { numRuns: 50 },
  );
});
