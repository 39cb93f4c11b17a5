import { FaceError, type Landmarks } from '@kith/core';
import { type AffineCamera, type CameraOptions, fitCamera, projectShape } from './camera.ts';
import { toFiducials67 } from './fiducials.ts';
import { type Pose, poseOf } from './pose.ts';
import { fiducialCount, referenceShape } from './reference-shape.ts';

/** A face of a photo, explained by the reference shape, a camera, and what is its own. */
export interface FaceFit {
  /** Of scheme `deepface67`, px of the photo. */
  readonly fiducials: Landmarks;
  readonly camera: AffineCamera;
  readonly pose: Pose;
  /** Where the fiducials lie, less where the camera sees the reference's, px. Shape `[67, 2]`, row-major. */
  readonly residuals: Float64Array;
  /** The mesh's vertices in the photo, px: the fiducials as found, then the ring. Shape `[n, 2]`, row-major. */
  readonly source: Float64Array;
  /** The reference with this face's residuals in x and y, mm. Shape `[n, 3]`, row-major. */
  readonly shape: Float64Array;
}

/** The first fiducials, jaw and brows, are the face's outline, which the ring follows. */
const outlineCount = 27;

/**
 * A direction of the face that is seen at less than this share of its length, as at 60° of yaw, is hardly seen: below it a residual is
 * no longer drawn out to full length in the reference frame, and at no share at all it counts nothing.
 */
const leastForeshortening = 0.5;

/** No face's feature lies farther from its place in the reference, mm: about half the distance of the eyes. */
const maxResidualMm = 30;

/**
 * Explain a face: fit the camera, and keep what the camera leaves as the face's own.
 *
 * Residuals r are px of the photo, but are added to the x and y of a shape in mm. So they are taken into its frame by the inverse of the
 * camera's first two columns, which puts the shape's vertices where the camera sees the fiducials exactly, z being as it was. That
 * inverse draws x out by 1/cos(yaw); where it would by more than twice, it is damped, and what is longer than 30 mm is shortened:
 * there the shape no longer projects onto the fiducials. The ring's vertices follow the outline near them.
 *
 * @param landmarks - Of scheme `ibug68` or `deepface67`, px; points may lie beyond the photo.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` for another scheme, points that are not finite, points in one place or line, and points of
 *   which more than a quarter are repeated.
 * @see Taigman et al., DeepFace, CVPR 2014, §2.2.
 */
export function fitFace(landmarks: Landmarks, options: CameraOptions = {}): FaceFit {
  const fiducials = toFiducials67(landmarks);
  assertSpread(fiducials);
  const { shape: reference = referenceShape } = options;
  const camera = fitCamera(fiducials, options);
  const pose = poseOf(camera);
  const source = projectShape(camera, reference);
  const residuals = Float64Array.from(fiducials.points, (value, i) => value - source[i]!);
  const offsets = withRing(residuals, reference);
  const shape = Float64Array.from(reference);
  const [xx, xy, yx, yy] = inverseInPlane(camera, pose.pxPerMm * leastForeshortening);
  for (let i = 0, vertex = 0; i < offsets.length; i += 2, vertex += 3) {
    const x = offsets[i]!;
    const y = offsets[i + 1]!;
    source[i]! += x;
    source[i + 1]! += y;
    const dx = xx * x + xy * y;
    const dy = yx * x + yy * y;
    const share = Math.min(1, maxResidualMm / Math.hypot(dx, dy));
    shape[vertex]! += share * dx;
    shape[vertex + 1]! += share * dy;
  }
  return { fiducials, camera, pose, residuals, source, shape };
}

/** A face of which more than a quarter of the points lie on others is none that a detector found. */
function assertSpread({ points }: Landmarks): void {
  const places = new Set<string>();
  for (let i = 0; i < points.length; i += 2) places.add(`${points[i]} ${points[i + 1]}`);
  if (places.size >= fiducialCount * 0.75) return;
  throw new FaceError(
    'LANDMARKS_DEGENERATE',
    `The ${fiducialCount} fiducials lie in ${places.size} places, expected one each; a few may fall together.`,
  );
}

/** The fiducials' residuals, then the ring's: weighted means of the outline's. Shape `[n, 2]`, row-major. */
function withRing(residuals: Float64Array, reference: Float64Array): Float64Array {
  const weights = ringWeights(reference);
  const offsets = new Float64Array((reference.length / 3) * 2);
  offsets.set(residuals);
  for (let row = 0, to = residuals.length; row < weights.length; row += outlineCount, to += 2) {
    for (let i = 0; i < outlineCount; i++) {
      offsets[to]! += weights[row + i]! * residuals[2 * i]!;
      offsets[to + 1]! += weights[row + i]! * residuals[2 * i + 1]!;
    }
  }
  return offsets;
}

/**
 * The inverse of a camera's first two columns M, damped where M shrinks below `least`: V·diag(1 / max(σ², least²))·Vᵀ·Mᵀ.
 *
 * @returns Row-major.
 */
function inverseInPlane({ x, y }: AffineCamera, least: number): readonly [number, number, number, number] {
  const [a, b, d, e] = [x[0], x[1], y[0], y[1]];
  // MᵀM = [[p, q], [q, r]], whose eigenvectors are turned by `radians`
  const [p, q, r] = [a * a + d * d, a * b + d * e, b * b + e * e];
  const radians = Math.atan2(2 * q, p - r) / 2;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const half = Math.hypot((p - r) / 2, q);
  const large = 1 / Math.max((p + r) / 2 + half, least * least);
  const small = 1 / Math.max((p + r) / 2 - half, least * least);
  const [k00, k01, k11] = [
    large * cos * cos + small * sin * sin,
    (large - small) * cos * sin,
    large * sin * sin + small * cos * cos,
  ];
  return [k00 * a + k01 * b, k00 * d + k01 * e, k01 * a + k11 * b, k01 * d + k11 * e];
}

/** Weights are made once for a shape. */
const weightsOfShapes = new WeakMap<Float64Array, Float64Array>();

/**
 * How much each vertex of the ring follows each fiducial of the outline: by the inverse fourth power of their distance seen from the
 * front, which follows the nearest and has no edges. Rows add up to 1.
 *
 * @returns Shape `[ring, 27]`, row-major.
 */
function ringWeights(shape: Float64Array): Float64Array {
  const known = weightsOfShapes.get(shape);
  if (known) return known;
  const weights = new Float64Array((shape.length / 3 - fiducialCount) * outlineCount);
  for (let row = 0, vertex = fiducialCount; row < weights.length; row += outlineCount, vertex++) {
    let sum = 0;
    for (let i = 0; i < outlineCount; i++) {
      const x = shape[3 * vertex]! - shape[3 * i]!;
      const y = shape[3 * vertex + 1]! - shape[3 * i + 1]!;
      // a vertex on a fiducial follows it alone, or nearly
      weights[row + i] = 1 / (x * x + y * y + 1e-3) ** 2;
      sum += weights[row + i]!;
    }
    for (let i = 0; i < outlineCount; i++) weights[row + i]! /= sum;
  }
  weightsOfShapes.set(shape, weights);
  return weights;
}
