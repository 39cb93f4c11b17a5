import { createLandmarks, FaceError, type Landmarks, type Point } from '@kith/core';
import { type LandmarkCovariance, landmarkCovariance } from './landmark-covariance.ts';
import { leastSquaresEstimator } from './least-squares.ts';
import { fiducialCount, referenceShape } from './reference-shape.ts';

/** An affine camera of eight numbers: `u = x · (X, Y, Z, 1)`, `v = y · (X, Y, Z, 1)`, from mm of the reference frame to px. */
export interface AffineCamera {
  readonly x: readonly [number, number, number, number];
  readonly y: readonly [number, number, number, number];
}

export interface CameraOptions {
  /** Which errors of the fiducials are likely: the landmark net's, by default. `identity`: all alike, ordinary least squares. */
  readonly covariance?: LandmarkCovariance | 'identity';
  /** What is looked at, in mm; its first 67 vertices are the fiducials. Shape `[n, 3]`, row-major. */
  readonly shape?: Float64Array;
}

/** Unknowns of a camera, and coordinates that fix them. */
const unknowns = 8;
const coordinates = 2 * fiducialCount;

/** Points whose spread one way is a smaller share of that the other way lie in a line; a profile's is about 0.5. */
const leastSpreadShare = 0.02;

/**
 * Fit the camera that sees a shape's fiducials where they were found: the least rᵀ·Σ⁻¹·r, r being what is left.
 *
 * Σ holds in an upright frame, so the points are turned upright first and the camera is turned back: a face turned, moved and scaled
 * in its photo has the same camera, turned, moved and scaled.
 *
 * @param fiducials - Of scheme `deepface67`, px; points may lie beyond the photo.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` for another scheme, points that are not finite, and points in one place or line.
 * @see Taigman et al., DeepFace, CVPR 2014, §2.1.
 */
export function fitCamera(
  fiducials: Landmarks,
  { covariance = landmarkCovariance, shape = referenceShape }: CameraOptions = {},
): AffineCamera {
  assertSpread(fiducials);
  const { points } = fiducials;
  const estimator = estimatorFor(shape, covariance);
  const radians = uprightRadians(points, shape);
  const cos = Math.cos(radians);
  const sin = Math.sin(radians);
  const upright = new Float64Array(unknowns);
  for (let i = 0; i < coordinates; i += 2) {
    const u = cos * points[i]! + sin * points[i + 1]!;
    const v = cos * points[i + 1]! - sin * points[i]!;
    for (let k = 0; k < unknowns; k++) {
      upright[k]! += estimator[k * coordinates + i]! * u + estimator[k * coordinates + i + 1]! * v;
    }
  }
  const x = (k: number) => cos * upright[k]! - sin * upright[k + 4]!;
  const y = (k: number) => sin * upright[k]! + cos * upright[k + 4]!;
  return { x: [x(0), x(1), x(2), x(3)], y: [y(0), y(1), y(2), y(3)] };
}

/** Where a camera sees a point of the reference frame, px. */
export function projectPoint({ x, y }: AffineCamera, X: number, Y: number, Z: number): Point {
  return [x[0] * X + x[1] * Y + x[2] * Z + x[3], y[0] * X + y[1] * Y + y[2] * Z + y[3]];
}

/**
 * Where a camera sees each vertex of a shape.
 *
 * @param shape - In mm. Shape `[n, 3]`, row-major.
 * @returns In px. Shape `[n, 2]`, row-major.
 */
export function projectShape({ x, y }: AffineCamera, shape: Float64Array): Float64Array {
  const seen = new Float64Array((shape.length / 3) * 2);
  for (let from = 0, to = 0; from < shape.length; from += 3, to += 2) {
    const X = shape[from]!;
    const Y = shape[from + 1]!;
    const Z = shape[from + 2]!;
    seen[to] = x[0] * X + x[1] * Y + x[2] * Z + x[3];
    seen[to + 1] = y[0] * X + y[1] * Y + y[2] * Z + y[3];
  }
  return seen;
}

/**
 * How far a face is turned in its image, clockwise as seen: the angle of the similarity that best takes the shape's front view to the points.
 *
 * @param points - Fiducials, px. Shape `[67, 2]`, row-major.
 * @param shape - As {@link CameraOptions.shape}.
 */
export function uprightRadians(points: Float32Array, shape: Float64Array): number {
  const [meanX, meanY] = meanOf(points);
  let along = 0;
  let across = 0;
  for (let i = 0; i < fiducialCount; i++) {
    const x = points[2 * i]! - meanX;
    const y = points[2 * i + 1]! - meanY;
    along += shape[3 * i]! * x + shape[3 * i + 1]! * y;
    across += shape[3 * i]! * y - shape[3 * i + 1]! * x;
  }
  return Math.atan2(across, along);
}

/** Estimators are made once for a shape and a covariance. */
const estimators = new WeakMap<Float64Array, Map<LandmarkCovariance | 'identity', Float64Array>>();

/** The matrix that takes upright fiducials to a camera. Shape `[8, 134]`, row-major. */
function estimatorFor(shape: Float64Array, covariance: LandmarkCovariance | 'identity'): Float64Array {
  const ofShape = estimators.get(shape) ?? new Map<LandmarkCovariance | 'identity', Float64Array>();
  estimators.set(shape, ofShape);
  const known = ofShape.get(covariance);
  if (known) return known;
  const made = leastSquaresEstimator(cameraDesign(shape), {
    columns: unknowns,
    lower: covariance === 'identity' ? undefined : covariance.lower,
  });
  ofShape.set(covariance, made);
  return made;
}

/** Two rows a point, `[X Y Z 1 0 0 0 0]` and `[0 0 0 0 X Y Z 1]`. Shape `[134, 8]`, row-major. */
function cameraDesign(shape: Float64Array): Float64Array {
  if (shape.length % 3 !== 0 || shape.length < 3 * fiducialCount) {
    throw new FaceError(
      'LANDMARKS_DEGENERATE',
      `A shape has three numbers a vertex and at least ${fiducialCount} vertices, got ${shape.length} numbers.`,
    );
  }
  const design = new Float64Array(coordinates * unknowns);
  for (let i = 0; i < fiducialCount; i++) {
    const row = [shape[3 * i]!, shape[3 * i + 1]!, shape[3 * i + 2]!, 1];
    design.set(row, 2 * i * unknowns);
    design.set(row, (2 * i + 1) * unknowns + 4);
  }
  return design;
}

/** @throws {FaceError} `LANDMARKS_DEGENERATE` when the points are no face's: of another scheme, not finite, in one place or line. */
function assertSpread({ scheme, points }: Landmarks): void {
  if (scheme !== 'deepface67') {
    throw new FaceError('LANDMARKS_DEGENERATE', `A camera is fitted to landmarks of deepface67, got ${scheme}.`);
  }
  createLandmarks(scheme, points);
  const [meanX, meanY] = meanOf(points);
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let i = 0; i < coordinates; i += 2) {
    const x = points[i]! - meanX;
    const y = points[i + 1]! - meanY;
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  const middle = (xx + yy) / 2;
  const half = Math.hypot((xx - yy) / 2, xy);
  const share = Math.sqrt(Math.max(0, middle - half) / (middle + half));
  if (!(share >= leastSpreadShare)) {
    throw new FaceError(
      'LANDMARKS_DEGENERATE',
      `The points of a face spread both ways, at least 1 : ${1 / leastSpreadShare}; these lie in one place or line.`,
    );
  }
}

function meanOf(points: Float32Array): Point {
  let x = 0;
  let y = 0;
  for (let i = 0; i < points.length; i += 2) {
    x += points[i]!;
    y += points[i + 1]!;
  }
  return [(2 * x) / points.length, (2 * y) / points.length];
}
