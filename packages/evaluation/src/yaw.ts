import { ibug68, type Landmarks, landmark, meanLandmark } from '@kith/core';

/** How far the tip of the nose lies in front of the plane of the eyes, in distances between the eyes: a round figure for adults. */
const noseDepth = 0.5;

/** Tip of the nose in `ibug68`. */
const noseTip = 30;

/**
 * Estimate how far a head is turned, from where the tip of the nose lies along the line between the eyes: with the tip `noseDepth`
 * in front of the eyes, turning by `yaw` moves it by `noseDepth · sin yaw` and shrinks the eyes' distance by `cos yaw`, so
 * `yaw = atan(offset / (noseDepth · distance between the eyes))`. Rough, within 10° or so; good for sorting faces into bins.
 *
 * @returns Degrees in (−90, 90); above 0 the nose points to the image's right.
 */
export function estimateYawDegrees(landmarks: Landmarks): number {
  const [rx, ry] = meanLandmark(landmarks, ibug68.rightEye);
  const [lx, ly] = meanLandmark(landmarks, ibug68.leftEye);
  const [nx, ny] = landmark(landmarks, noseTip);
  const squared = (lx - rx) ** 2 + (ly - ry) ** 2;
  // along the eyes' line, from their middle, in distances between them
  const offset = ((nx - (rx + lx) / 2) * (lx - rx) + (ny - (ry + ly) / 2) * (ly - ry)) / squared;
  return squared === 0 ? 0 : (Math.atan(offset / noseDepth) * 180) / Math.PI;
}

/** Bins of |yaw| in degrees: from, inclusive, to, exclusive. */
export const yawBins = [
  { from: 0, to: 15 },
  { from: 15, to: 30 },
  { from: 30, to: 45 },
  { from: 45, to: 90 },
] as const;
