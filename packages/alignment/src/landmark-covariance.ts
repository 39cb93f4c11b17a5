import { cholesky } from './cholesky.ts';
import { landmarkNoise } from './landmark-covariance-table.ts';

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

/**
 * The landmark net's own noise, mm² at the face's scale: how its points move when one face is looked at again, turned a little,
 * mirrored, resampled, noisy; each face counts the same. It does not know what the net always gets wrong.
 *
 * A few directions in which points move together, and a diagonal that brings each variance to what was measured.
 *
 * @see Taigman et al., DeepFace, CVPR 2014, §2.1.
 */
export const landmarkCovariance: LandmarkCovariance = createLandmarkCovariance(measuredNoise());

function measuredNoise(): Float64Array {
  const { deviations, modes } = landmarkNoise;
  const n = deviations.length;
  const matrix = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      for (const mode of modes) matrix[row * n + column]! += (mode[row]! * mode[column]!) / 1e4;
    }
    matrix[row * n + row] = deviations[row]! ** 2 / 1e4;
  }
  return matrix;
}
