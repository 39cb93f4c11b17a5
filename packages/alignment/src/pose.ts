import { FaceError, type Point } from '@kith/core';
import { type AffineCamera, projectPoint } from './camera.ts';

/** Which way a head is turned: R = Rz(roll) · Rx(pitch) · Ry(yaw), and how large it is seen. */
export interface Pose {
  /** Above 0: the nose points to the image's right. */
  readonly yawDegrees: number;
  /** Above 0: the nose points up. */
  readonly pitchDegrees: number;
  /** Above 0: the head is tilted clockwise as seen in the image. */
  readonly rollDegrees: number;
  readonly pxPerMm: number;
}

const degrees = 180 / Math.PI;

/** A camera whose view is flatter than this share squeezes the face into a line. */
const leastFlatness = 1e-3;

/**
 * Read a pose off a camera: that of the nearest camera that sees a turned, evenly scaled shape.
 *
 * @throws {FaceError} `LANDMARKS_DEGENERATE` when the camera sees all in one line or place.
 */
export function poseOf({ x, y }: AffineCamera): Pose {
  // A = S·R with S = (A·Aᵀ)^½: of all pairs of unit vectors at right angles, R's rows are the nearest
  const xx = x[0] * x[0] + x[1] * x[1] + x[2] * x[2];
  const xy = x[0] * y[0] + x[1] * y[1] + x[2] * y[2];
  const yy = y[0] * y[0] + y[1] * y[1] + y[2] * y[2];
  const product = Math.sqrt(Math.max(0, xx * yy - xy * xy));
  const trace = Math.sqrt(xx + yy + 2 * product);
  if (!Number.isFinite(trace) || !(product > leastFlatness * (xx + yy))) {
    throw new FaceError(
      'LANDMARKS_DEGENERATE',
      `A camera spans a plane, got rows (${x.join(', ')}) and (${y.join(', ')}), which lie in one line.`,
    );
  }
  // S⁻¹·A, for a 2 × 2 root: S = (A·Aᵀ + product·I) / trace, of determinant `product`
  const [s00, s01, s11] = [(yy + product) / trace, -xy / trace, (xx + product) / trace];
  const right = ([0, 1, 2] as const).map((k) => (s00 * x[k] + s01 * y[k]) / product) as [number, number, number];
  const down = ([0, 1, 2] as const).map((k) => (s01 * x[k] + s11 * y[k]) / product) as [number, number, number];
  const awayX = right[1] * down[2] - right[2] * down[1];
  const awayY = right[2] * down[0] - right[0] * down[2];
  const awayZ = right[0] * down[1] - right[1] * down[0];
  return {
    yawDegrees: Math.atan2(awayX, awayZ) * degrees,
    pitchDegrees: Math.asin(Math.min(Math.max(-awayY, -1), 1)) * degrees,
    rollDegrees: Math.atan2(-right[1], down[1]) * degrees,
    pxPerMm: trace / 2,
  };
}

/**
 * Make the camera that sees a head in a pose.
 *
 * @param pose - `middle`: where the point between the eyes is seen, px.
 */
export function cameraOf({
  yawDegrees,
  pitchDegrees,
  rollDegrees,
  pxPerMm,
  middle = [0, 0],
}: Pose & { readonly middle?: Point }): AffineCamera {
  const [yaw, pitch, roll] = [yawDegrees / degrees, pitchDegrees / degrees, rollDegrees / degrees];
  const [sinYaw, cosYaw, sinPitch, cosPitch] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  // the upper two rows of Rx · Ry, in px
  const right = [cosYaw * pxPerMm, 0, -sinYaw * pxPerMm] as const;
  const down = [sinPitch * sinYaw * pxPerMm, cosPitch * pxPerMm, sinPitch * cosYaw * pxPerMm] as const;
  const [sin, cos] = [Math.sin(roll), Math.cos(roll)];
  const x = (k: 0 | 1 | 2) => cos * right[k] - sin * down[k];
  const y = (k: 0 | 1 | 2) => sin * right[k] + cos * down[k];
  return { x: [x(0), x(1), x(2), middle[0]], y: [y(0), y(1), y(2), middle[1]] };
}

/** A head's axes as seen in its image, px: three lines from one point. */
export interface PoseAxes {
  readonly origin: Point;
  /** Towards the person's left. */
  readonly x: Point;
  /** Down the face. */
  readonly y: Point;
  /** Out of the face, as the nose points. */
  readonly z: Point;
}

/** Where a camera sees the axes of a head, from between its eyes. */
export function poseAxes(camera: AffineCamera, { lengthMm = 60 }: { readonly lengthMm?: number } = {}): PoseAxes {
  return {
    origin: projectPoint(camera, 0, 0, 0),
    x: projectPoint(camera, lengthMm, 0, 0),
    y: projectPoint(camera, 0, lengthMm, 0),
    z: projectPoint(camera, 0, 0, -lengthMm),
  };
}
