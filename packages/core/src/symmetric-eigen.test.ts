import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom, gaussian } from './random.ts';
import { symmetricEigen, symmetricEigenvalues } from './symmetric-eigen.ts';

/** `Q diag(eigenvalues) Qᵀ`, Q made of three reflections `I − 2 u uᵀ`. */
function matrixOf(eigenvalues: readonly number[], seed: number): Float64Array {
  const size = eigenvalues.length;
  const random = createRandom(seed);
  let matrix = squareOf(size, (i, j) => (i === j ? eigenvalues[i]! : 0));
  for (let m = 0; m < 3; m++) {
    const v = Float64Array.from({ length: size }, () => gaussian(random));
    const squares = v.reduce((sum, part) => sum + part * part, 0);
    const mirror = squareOf(size, (i, j) => (i === j ? 1 : 0) - (2 * v[i]! * v[j]!) / squares);
    matrix = product(product(mirror, matrix, size), mirror, size);
  }
  return matrix;
}

function squareOf(size: number, element: (i: number, j: number) => number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, k) => element(Math.floor(k / size), k % size));
}

function product(one: Float64Array, other: Float64Array, size: number): Float64Array {
  return squareOf(size, (i, j) => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += one[i * size + k]! * other[k * size + j]!;
    return sum;
  });
}

const transposed = (matrix: Float64Array, size: number) => squareOf(size, (i, j) => matrix[j * size + i]!);

const largestError = (got: Float64Array, expected: Float64Array) =>
  got.reduce((most, value, k) => Math.max(most, Math.abs(value - expected[k]!)), 0);

const descending = (values: ArrayLike<number>) => Float64Array.from(values).sort().reverse();

const eigenvalues = fc.array(
  fc.oneof(
    fc.constantFrom(0, 1, -1),
    fc.double({ min: -5, max: 5, noNaN: true }),
    fc.constantFrom(1e-8, 1e-200, 5e-324),
  ),
  { minLength: 1, maxLength: 12 },
);

test('finds the eigenvalues that a matrix was made of, also equal ones, zeros and negative ones', () => {
  fc.assert(
    fc.property(eigenvalues, fc.integer(), (expected, seed) => {
      const size = expected.length;
      const matrix = matrixOf(expected, seed);
      expect(largestError(symmetricEigenvalues(matrix, size), descending(expected))).toBeLessThan(1e-12);
      expect(symmetricEigen(matrix, size).values).toEqual(symmetricEigenvalues(matrix, size));
    }),
  );
});

test('vectors are of length 1, at right angles, and rebuild the matrix', () => {
  fc.assert(
    fc.property(eigenvalues, fc.integer(), (made, seed) => {
      const size = made.length;
      const matrix = matrixOf(made, seed);
      const { values, vectors } = symmetricEigen(matrix, size);
      const one = squareOf(size, (i, j) => (i === j ? 1 : 0));
      expect(largestError(product(vectors, transposed(vectors, size), size), one)).toBeLessThan(1e-13);
      const scaled = vectors.map((value, k) => value * values[Math.floor(k / size)]!);
      expect(largestError(product(transposed(vectors, size), scaled, size), matrix)).toBeLessThan(1e-12);
    }),
  );
});

test('each vector belongs to its value: A v = λ v', () => {
  const size = 60;
  const random = createRandom(3);
  const square = squareOf(size, () => gaussian(random));
  const matrix = squareOf(size, (i, j) => square[i * size + j]! + square[j * size + i]!);
  const { values, vectors } = symmetricEigen(matrix, size);
  const scaled = vectors.map((value, k) => value * values[Math.floor(k / size)]!);
  expect(largestError(product(vectors, matrix, size), scaled)).toBeLessThan(1e-12);
});

test('of a chain, 2 beside −1, they are 2 − 2 cos(kπ / (n + 1)) and sines', () => {
  const size = 128;
  const chain = squareOf(size, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0));
  const { values, vectors } = symmetricEigen(chain, size);
  for (let row = 0; row < size; row++) {
    const turn = ((size - row) * Math.PI) / (size + 1);
    expect(values[row]).toBeCloseTo(2 - 2 * Math.cos(turn), 12);
    const sine = Float64Array.from({ length: size }, (_, i) => Math.sqrt(2 / (size + 1)) * Math.sin((i + 1) * turn));
    const along = sine.reduce((sum, value, i) => sum + value * vectors[row * size + i]!, 0);
    expect(Math.abs(along)).toBeCloseTo(1, 12);
  }
});

test('only the lower triangle is read, and nothing is changed', () => {
  const matrix = matrixOf([3, 1, -2], 8);
  const lower = matrix.map((value, k) => (k % 3 > Math.floor(k / 3) ? Number.NaN : value));
  const before = lower.slice();
  expect(symmetricEigen(lower, 3)).toEqual(symmetricEigen(matrix, 3));
  expect(lower).toEqual(before);
});

test.each([1e-300, 1e-150, 1e150, 1e300])('a matrix in units of %f has the eigenvalues in that unit', (unit) => {
  const [made, size] = [[4, 2, 1, -1], 4];
  const matrix = matrixOf(made, 5).map((value) => value * unit);
  const found = symmetricEigen(matrix, size).values.map((value) => value / unit);
  expect(largestError(found, descending(made))).toBeLessThan(1e-13);
});

test('a corner of the smallest numbers there are comes to an end', () => {
  const matrix = Float64Array.of(1, 0, 0, 0, 0, 3e-320, 0, 3e-320, 0);
  expect(largestError(symmetricEigen(matrix, 3).values, Float64Array.of(1, 0, 0))).toBeLessThan(1e-300);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('of a matrix with %f all is NaN', (bad) => {
  const matrix = matrixOf([1, 2, 3, 4], 1).with(9, bad);
  const { values, vectors } = symmetricEigen(matrix, 4);
  for (const numbers of [values, vectors, symmetricEigenvalues(matrix, 4)]) {
    expect(numbers.every(Number.isNaN)).toBe(true);
  }
});

test('of nothing there are none', () => {
  expect(symmetricEigenvalues(new Float64Array(), 0)).toEqual(new Float64Array());
  expect(symmetricEigenvalues(new Float64Array(9), 3)).toEqual(new Float64Array(3));
  expect(symmetricEigen(new Float64Array(9), 3).vectors).toEqual(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1));
});
