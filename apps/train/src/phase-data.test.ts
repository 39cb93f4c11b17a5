import { createRandom, gaussian } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takeOffMean } from './phase-data.ts';

test('each row is what is left of it without a share of the mean, at length 1', () => {
  const shares = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 9 }), shares, (seed, count, share) => {
      const dimension = 4;
      const random = createRandom(seed);
      const rows = Float32Array.from({ length: count * dimension }, () => 1 + gaussian(random));
      const mean = Array.from({ length: dimension }, (_, k) => {
        const column = Array.from({ length: count }, (_, row) => rows[row * dimension + k]!);
        return column.reduce((sum, value) => sum + value, 0) / count;
      });
      const expected = Array.from({ length: count }, (_, row) => {
        const left = mean.map((value, k) => rows[row * dimension + k]! - share * value);
        return left.map((value) => value / Math.hypot(...left));
      }).flat();
      // a single row less its mean is nothing
      fc.pre(expected.every(Number.isFinite) && (count > 1 || share < 0.99));
      const got = takeOffMean(rows, dimension, share);
      expect(got).toBe(rows);
      expected.forEach((value, k) => {
        expect(got[k]).toBeCloseTo(value, 4);
      });
    }),
  );
});
