import { createRandom, gaussian } from '@kith/core';
import { describe, expect, test } from 'vitest';
import { cholesky } from './cholesky.ts';
import { leastSquaresEstimator } from './least-squares.ts';

const rows = 20;
const columns = 4;

type Matrix = number[][];

const transpose = (a: Matrix): Matrix => a[0]!.map((_, column) => a.map((row) => row[column]!));
const multiply = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => transpose(b).map((column) => row.reduce((sum, value, k) => sum + value * column[k]!, 0)));

/** By Gauss and Jordan, with pivots. */
function inverse(matrix: Matrix): Matrix {
  const n = matrix.length;
  const work = matrix.map((row, i) => [...row, ...row.map((_, k) => (k === i ? 1 : 0))]);
  for (let i = 0; i < n; i++) {
    const pivot = work
      .slice(i)
      .reduce((best, row, k) => (Math.abs(row[i]!) > Math.abs(work[best]![i]!) ? i + k : best), i);
    [work[i], work[pivot]] = [work[pivot]!, work[i]!];
    work[i] = work[i]!.map((value) => value / work[i]![i]!);
    for (let k = 0; k < n; k++) {
      const factor = work[k]![i]!;
      if (k !== i) work[k] = work[k]!.map((value, at) => value - factor * work[i]![at]!);
    }
  }
  return work.map((row) => row.slice(n));
}

function problem() {
  const random = createRandom(5);
  const draw = (height: number, width: number): Matrix =>
    Array.from({ length: height }, () => Array.from({ length: width }, () => gaussian(random)));
  const design = draw(rows, columns);
  const root = draw(rows, rows);
  const covariance = multiply(root, transpose(root)).map((row, i) =>
    row.map((value, k) => value + (i === k ? 0.2 : 0)),
  );
  return { design, covariance };
}

describe('the estimator of least squares', () => {
  test('is (XᵀΣ⁻¹X)⁻¹XᵀΣ⁻¹, worked out with dense inverses', () => {
    const { design, covariance } = problem();
    const weighted = multiply(transpose(design), inverse(covariance));
    const expected = multiply(inverse(multiply(weighted, design)), weighted).flat();
    const lower = cholesky(Float64Array.from(covariance.flat()), rows);
    const estimator = leastSquaresEstimator(Float64Array.from(design.flat()), { columns, lower });
    expect(estimator.length).toBe(columns * rows);
    for (const [i, value] of expected.entries()) expect(estimator[i]).toBeCloseTo(value, 8);
  });

  test('without Σ is the pseudo-inverse (XᵀX)⁻¹Xᵀ', () => {
    const { design } = problem();
    const expected = multiply(inverse(multiply(transpose(design), design)), transpose(design)).flat();
    const estimator = leastSquaresEstimator(Float64Array.from(design.flat()), { columns });
    for (const [i, value] of expected.entries()) expect(estimator[i]).toBeCloseTo(value, 10);
  });

  test('refuses columns that depend on each other', () => {
    const { design } = problem();
    const doubled = design.map(([a, b, c]) => [a!, b!, c!, a! - 2 * b!]);
    expect(() => leastSquaresEstimator(Float64Array.from(doubled.flat()), { columns })).toThrow(
      expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' }),
    );
  });
});
