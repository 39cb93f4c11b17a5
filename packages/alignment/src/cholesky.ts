import { FaceError } from '@kith/core';

/** A pivot that is a smaller share of its diagonal entry is a rounding error, where the truth is 0. */
const leastPivotShare = 1e-12;

/**
 * Factor a symmetric positive definite matrix into L·Lᵀ.
 *
 * @param matrix - Shape `[n, n]`, row-major; only its lower triangle is read.
 * @returns L, zero above its diagonal. Shape `[n, n]`, row-major.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` when the matrix is not positive definite.
 */
export function cholesky(matrix: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row * n + column]!;
      for (let k = 0; k < column; k++) rest -= lower[row * n + k]! * lower[column * n + k]!;
      if (column < row) {
        lower[row * n + column] = rest / lower[column * n + column]!;
      } else if (rest > leastPivotShare * matrix[row * n + row]!) {
        lower[row * n + row] = Math.sqrt(rest);
      } else {
        throw new FaceError(
          'LANDMARKS_DEGENERATE',
          `A matrix of ${n} × ${n} must be positive definite, got ${rest} as pivot ${row}.`,
        );
      }
    }
  }
  return lower;
}

/**
 * Solve L·X = B.
 *
 * @param lower - L. Shape `[n, n]`, row-major.
 * @param right - B. Shape `[n, columns]`, row-major.
 * @returns X. Shape `[n, columns]`, row-major.
 */
export function solveLower(lower: Float64Array, right: Float64Array, { n }: { readonly n: number }): Float64Array {
  const columns = right.length / n;
  const solution = Float64Array.from(right);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < columns; column++) {
      let rest = solution[row * columns + column]!;
      for (let k = 0; k < row; k++) rest -= lower[row * n + k]! * solution[k * columns + column]!;
      solution[row * columns + column] = rest / lower[row * n + row]!;
    }
  }
  return solution;
}

/** Solve Lᵀ·X = B; shapes as in {@link solveLower}. */
export function solveLowerTransposed(
  lower: Float64Array,
  right: Float64Array,
  { n }: { readonly n: number },
): Float64Array {
  const columns = right.length / n;
  const solution = Float64Array.from(right);
  for (let row = n - 1; row >= 0; row--) {
    for (let column = 0; column < columns; column++) {
      let rest = solution[row * columns + column]!;
      for (let k = row + 1; k < n; k++) rest -= lower[k * n + row]! * solution[k * columns + column]!;
      solution[row * columns + column] = rest / lower[row * n + row]!;
    }
  }
  return solution;
}
