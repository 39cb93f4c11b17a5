import { fiducialCount, fitCamera, poseOf, referenceShape, toFiducials67, uprightRadians } from '@kith/alignment';
import { averageLandmarks, type Landmarks, landmarkMirror, symmetricEigen } from '@kith/core';

/** Coordinates of a face's fiducials, in the order x0, y0, x1, y1, …. */
const n = 2 * fiducialCount;

/** Errors that vary together along a few directions, and each alone: Σ = Σ_k m_k·m_kᵀ, with `variances` as its diagonal. */
export interface NoiseModel {
  /** mm². Shape `[134]`. */
  readonly variances: Float64Array;
  /** mm, largest first. Shape `[count, 134]`, row-major. */
  readonly modes: Float64Array;
}

/**
 * How far each look at a face is from the mean of its looks, in mm of the reference, the face turned upright as the mean is.
 *
 * @returns One a look. Shape `[134]` each.
 */
export function deviations(looks: readonly Landmarks[]): readonly Float64Array[] {
  const all = looks.map(toFiducials67);
  const mean = averageLandmarks(all);
  const radians = uprightRadians(mean.points, referenceShape);
  const { pxPerMm } = poseOf(fitCamera(mean, { covariance: 'identity' }));
  const [cos, sin] = [Math.cos(radians) / pxPerMm, Math.sin(radians) / pxPerMm];
  return all.map(({ points }) => {
    const deviation = new Float64Array(n);
    for (let i = 0; i < n; i += 2) {
      const [x, y] = [points[i]! - mean.points[i]!, points[i + 1]! - mean.points[i + 1]!];
      deviation[i] = cos * x + sin * y;
      deviation[i + 1] = cos * y - sin * x;
    }
    return deviation;
  });
}

/**
 * Scale each face's deviations to the size of the median face's: else a few faces, on which the net is lost, decide all.
 *
 * @param faces - The deviations of each face's looks.
 * @returns Those of all looks.
 */
export function scaledToMedian(faces: readonly (readonly Float64Array[])[]): readonly Float64Array[] {
  const sizes = faces.map((looks) => Math.sqrt(looks.reduce((sum, look) => sum + Math.hypot(...look) ** 2, 0)));
  const median = sizes.toSorted((one, other) => one - other)[sizes.length >> 1]!;
  return faces.flatMap((looks, face) => looks.map((look) => look.map((value) => (value * median) / sizes[face]!)));
}

/**
 * The covariance of deviations and of their mirror images, so that no side of the face is trusted more.
 *
 * @param looks - To how many looks a face the deviations belong; one is lost to the mean.
 * @returns Shape `[134, 134]`, row-major.
 */
export function symmetricCovariance(
  samples: readonly Float64Array[],
  { looks }: { readonly looks: number },
): Float64Array {
  const covariance = new Float64Array(n * n);
  const share = looks / (looks - 1) / (2 * samples.length);
  for (const sample of samples.flatMap((one) => [one, mirrored(one)])) {
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) {
        covariance[row * n + column]! += sample[row]! * sample[column]! * share;
      }
    }
  }
  return covariance;
}

function mirrored(sample: Float64Array): Float64Array {
  const result = new Float64Array(n);
  landmarkMirror.deepface67.forEach((from, to) => {
    result[2 * to] = -sample[2 * from]!;
    result[2 * to + 1] = sample[2 * from + 1]!;
  });
  return result;
}

/**
 * Keep the directions of a covariance in which most varies, shrunk by τ towards the diagonal: (1 − τ)·Σ̂ + τ·diag(Σ̂).
 *
 * @see Ledoit and Wolf, A well-conditioned estimator for large-dimensional covariance matrices, 2004, for why to shrink.
 */
export function noiseModel(
  covariance: Float64Array,
  { count, shrinkage }: { readonly count: number; readonly shrinkage: number },
): NoiseModel {
  const { values, vectors } = symmetricEigen(covariance, n);
  const modes = new Float64Array(count * n);
  for (let mode = 0; mode < count; mode++) {
    const length = Math.sqrt(values[mode]! * (1 - shrinkage));
    for (let k = mode * n; k < (mode + 1) * n; k++) modes[k] = length * vectors[k]!;
  }
  return { variances: Float64Array.from({ length: n }, (_, i) => covariance[i * n + i]!), modes };
}
