import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomRows } from '../../../../test/support/metric-batches.ts';
import { dotProducts } from './products.ts';
import { symmetricEigenvalues } from './symmetric-eigenvalues.ts';

/** `Q diag(eigenvalues) Qᵀ`, Q turned by a row of reflections. */
function matrixOf(eigenvalues: readonly number[], seed: number): Float64Array {
  const size = eigenvalues.length;
  let matrix: Float64Array = Float64Array.from({ length: size * size }, (_, k) =>
    k % (size + 1) === 0 ? eigenvalues[k / (size + 1)]! : 0,
  );
  const mirrors = randomRows(3, size, { seed });
  for (let m = 0; m < 3; m++) {
    const v = mirrors.values.subarray(m * size, (m + 1) * size);
    const reflection = Float64Array.from(matrix, (_, k) => {
      const [i, j] = [Math.floor(k / size), k % size];
      return (i === j ? 1 : 0) - 2 * v[i]! * v[j]!;
    });
    const rows = (values: Float64Array) => ({ values, count: size, dimension: size });
    // H A H, both symmetric, so a product of rows is a product of matrices
    matrix = dotProducts(rows(dotProducts(rows(reflection), rows(matrix)).values), rows(reflection)).values;
  }
  return matrix;
}

test('finds the eigenvalues that a matrix was made of, also equal ones, zeros and negative ones', () => {
  const eigenvalue = fc.oneof(
    fc.constantFrom(0, 1, -1),
    fc.double({ min: -5, max: 5, noNaN: true }),
    fc.constant(1e-8),
  );
  fc.assert(
    fc.property(fc.array(eigenvalue, { minLength: 1, maxLength: 12 }), fc.integer(), (eigenvalues, seed) => {
      const found = symmetricEigenvalues(matrixOf(eigenvalues, seed), eigenvalues.length);
      const expected = Float64Array.from(eigenvalues).sort();
      found.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 12);
      });
    }),
  );
});

test('of a chain, 2 beside −1, they are 2 − 2 cos(kπ / (n + 1))', () => {
  const size = 128;
  const chain = Float64Array.from({ length: size * size }, (_, k) => {
    const [i, j] = [Math.floor(k / size), k % size];
    return i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0;
  });
  symmetricEigenvalues(chain, size).forEach((value, k) => {
    expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (size + 1)), 12);
  });
});

test('a matrix with a NaN ends, with NaN', () => {
  const matrix = matrixOf([1, 2, 3, 4], 1).with(6, Number.NaN).with(9, Number.NaN);
  expect(symmetricEigenvalues(matrix, 4).some(Number.isNaN)).toBe(true);
});

test('of nothing there are none', () => {
  expect(symmetricEigenvalues(new Float64Array(), 0)).toEqual(new Float64Array());
  expect(symmetricEigenvalues(new Float64Array(9), 3)).toEqual(new Float64Array(3));
});
