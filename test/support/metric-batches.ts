import { createRandom, gaussian } from '@kith/core';
import fc from 'fast-check';
import { type Rows, unitRows } from '../../packages/embedding/src/metric/index.ts';

/** Seeded normal rows in double precision; of length 1 unless said otherwise. */
export function randomRows(
  count: number,
  dimension: number,
  { seed = 1, unit = true }: { readonly seed?: number; readonly unit?: boolean } = {},
): Rows & { readonly values: Float64Array } {
  const random = createRandom(seed);
  const values = Float64Array.from({ length: count * dimension }, () => gaussian(random));
  const rows = { values, count, dimension };
  return unit ? unitRows(rows) : rows;
}

/** Small batches with ties: rows of a coarse grid, some of them equal, few people, a margin that falls on and between distances. */
export function batches() {
  return fc
    .record({
      labels: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 10 }),
      dimension: fc.integer({ min: 1, max: 3 }),
      marginSquaredL2: fc.oneof(fc.constantFrom(0, 0.2, 1, 2), fc.double({ min: 0, max: 3, noNaN: true })),
    })
    .chain(({ labels, dimension, marginSquaredL2 }) =>
      fc
        .array(fc.integer({ min: -2, max: 2 }), {
          minLength: labels.length * dimension,
          maxLength: labels.length * dimension,
        })
        .map((values) => ({
          labels: Int32Array.from(labels),
          rows: { values: Float64Array.from(values, (value) => value / 2), count: labels.length, dimension },
          marginSquaredL2,
        })),
    );
}

/** The gradient by central differences: each number moved a little up and down. */
export function centralDifferences(
  point: Float64Array,
  value: (point: Float64Array) => number,
  { step = 1e-6 }: { readonly step?: number } = {},
): Float64Array {
  return point.map((coordinate, k) => {
    const at = (moved: number) => value(point.with(k, moved));
    return (at(coordinate + step) - at(coordinate - step)) / (2 * step);
  });
}

/** The largest difference, over the largest of the expected numbers or 1. */
export function relativeError(got: Float64Array, expected: Float64Array): number {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return got.reduce((most, value, k) => {
    const error = Math.abs(value - expected[k]!) / largest;
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(most, error);
  }, 0);
}
