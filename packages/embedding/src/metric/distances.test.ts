import { cosineDistance, squaredL2 as squaredL2OfTwo } from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { centralDifferences, randomRows, relativeError } from '../../../../test/support/metric-batches.ts';
import { asRows, cosine, type Rows, squaredL2, stackRows } from './index.ts';

const row = ({ values, dimension }: Rows, i: number) => values.subarray(i * dimension, (i + 1) * dimension);

describe.each([
  { distance: squaredL2, ofTwo: squaredL2OfTwo },
  { distance: cosine, ofTwo: cosineDistance },
])('$distance.name', ({ distance, ofTwo }) => {
  test('of all rows is that of every two', () => {
    const rows = randomRows(7, 5, { unit: false });
    const { values, count } = distance.pairwise(rows);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) expect(values[i * count + j]).toBeCloseTo(ofTwo(row(rows, i), row(rows, j)), 12);
    }
  });

  test('is symmetric, 0 on the diagonal, and of unit rows within its range', () => {
    const [least, most] = distance.range;
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 6 }),
        (seed, n, dimension) => {
          const { values } = distance.pairwise(randomRows(n, dimension, { seed }));
          for (let i = 0; i < n; i++) {
            expect(values[i * n + i]).toBe(0);
            for (let j = 0; j < n; j++) {
              expect(values[i * n + j]).toBe(values[j * n + i]);
              expect(values[i * n + j]).toBeGreaterThanOrEqual(least);
              expect(values[i * n + j]).toBeLessThanOrEqual(most + 1e-12);
            }
          }
        },
      ),
    );
    const opposite = distance.pairwise(asRows(Float32Array.of(0, 1, 0, -1), 2));
    expect(opposite.values[1]).toBe(most);
  });

  test('over squared L2 it is as stated', () => {
    const rows = randomRows(6, 4);
    const squares = squaredL2.pairwise(rows).values;
    distance.pairwise(rows).values.forEach((value, k) => {
      expect(value).toBeCloseTo(squares[k]! * distance.perSquaredL2, 12);
    });
  });

  test('leads any gradient at the table back to the rows', () => {
    const rows = randomRows(5, 4, { unit: false });
    // not symmetric, with a weight on the diagonal: both must come out right
    const upstream = randomRows(5, 5, { seed: 2, unit: false }).values;
    const weighted = (values: Float64Array) =>
      distance.pairwise({ ...rows, values }).values.reduce((sum, value, k) => sum + value * upstream[k]!, 0);
    const expected = centralDifferences(rows.values, weighted);
    expect(relativeError(distance.pairwise(rows).backward(upstream), expected)).toBeLessThan(1e-7);
  });

  test('of rows that fell together or to 0 it is finite, and so is its gradient', () => {
    for (const values of [new Float32Array(12), new Float32Array(12).fill(0.5)]) {
      const distances = distance.pairwise(asRows(values, 4));
      const gradient = distances.backward(new Float64Array(9).fill(1));
      expect([...distances.values, ...gradient].every(Number.isFinite)).toBe(true);
      expect(gradient.every((value) => Math.abs(value) < 1e-12)).toBe(true);
    }
  });
});

test('rows are whole and of one dimension', () => {
  expect(
    stackRows([
      [1, 2],
      [3, 4],
    ]),
  ).toEqual(asRows(Float32Array.of(1, 2, 3, 4), 2));
  expect(stackRows([]).count).toBe(0);
  expect(() => asRows(new Float32Array(7), 2)).toThrow(/multiple/);
  expect(() => stackRows([[1, 2], [3]])).toThrow(/expected 2, got 1 in row 1/);
});
