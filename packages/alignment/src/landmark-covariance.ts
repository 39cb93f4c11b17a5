import { cholesky } from './cholesky.ts';

/** How the errors of the 67 fiducials' coordinates vary together, in a frame where the face is upright. Only ratios count. */
export interface LandmarkCovariance {
  /** L of Σ = L·Lᵀ, order `x0, y0, x1, y1, …`. Shape `[134, 134]`, row-major. */
  readonly lower: Float64Array;
}

/**
 * Make a covariance ready for use.
 *
 * @param matrix - Σ, order `x0, y0, x1, y1, …`. Shape `[134, 134]`, row-major.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` when Σ is not positive definite.
 */
export function createLandmarkCovariance(matrix: Float64Array): LandmarkCovariance {
  return { lower: cholesky(matrix, Math.sqrt(matrix.length)) };
}

/** Points 0–16, the jaw, are found less surely: four times the variance. */
function withLooseJaw(): Float64Array {
  const matrix = new Float64Array(134 * 134);
  for (let i = 0; i < 134; i++) matrix[i * 134 + i] = i < 34 ? 4 : 1;
  return matrix;
}

export const landmarkCovariance: LandmarkCovariance = createLandmarkCovariance(withLooseJaw());
