import { createRandom, gaussian } from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cholesky, solveLower, solveLowerTransposed } from './cholesky.ts';

/** A·Aᵀ plus some of the identity, positive definite for sure. */
function definite(n: number, seed: number): Float64Array {
  const random = createRandom(seed);
  const a = Float64Array.from({ length: n * n }, () => gaussian(random));
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    let sum = row === column ? 0.1 : 0;
    for (let k = 0; k < n; k++) sum += a[row * n + k]! * a[column * n + k]!;
    return sum;
  });
}

const sizes = fc.record({ n: fc.integer({ min: 1, max: 12 }), seed: fc.nat() });

describe('the Cholesky factor', () => {
  test('is lower triangular, and L·Lᵀ is the matrix', () => {
    fc.assert(
      fc.property(sizes, ({ n, seed }) => {
        const matrix = definite(n, seed);
        const lower = cholesky(matrix, n);
        for (let row = 0; row < n; row++) {
          for (let column = 0; column < n; column++) {
            let product = 0;
            for (let k = 0; k < n; k++) product += lower[row * n + k]! * lower[column * n + k]!;
            expect(product).toBeCloseTo(matrix[row * n + column]!, 9);
            if (column > row) expect(lower[row * n + column]).toBe(0);
          }
        }
      }),
    );
  });

  test.each([
    ['a negative pivot', [1, 2, 2, 1]],
    ['a column twice', [1, 1, 1, 1]],
    ['zeros', [0, 0, 0, 0]],
    ['no number', [Number.NaN, 0, 0, 1]],
  ])('refuses %s', (_, matrix) => {
    expect(() => cholesky(Float64Array.from(matrix), 2)).toThrow(
      expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' }),
    );
  });
});

test('triangular solves undo the products with L and Lᵀ', () => {
  fc.assert(
    fc.property(sizes, ({ n, seed }) => {
      const lower = cholesky(definite(n, seed), n);
      const random = createRandom(seed + 1);
      const right = Float64Array.from({ length: n * 3 }, () => gaussian(random));
      const forward = solveLower(lower, right, { n });
      const backward = solveLowerTransposed(lower, right, { n });
      for (let row = 0; row < n; row++) {
        for (let column = 0; column < 3; column++) {
          let product = 0;
          let transposed = 0;
          for (let k = 0; k < n; k++) {
            product += lower[row * n + k]! * forward[k * 3 + column]!;
            transposed += lower[k * n + row]! * backward[k * 3 + column]!;
          }
          expect(product).toBeCloseTo(right[row * 3 + column]!, 6);
          expect(transposed).toBeCloseTo(right[row * 3 + column]!, 6);
        }
      }
    }),
  );
});
