import { type Box, type Landmarks, landmark, type Point } from '@kith/core';

interface PoseDegrees {
  readonly yawDegrees: number;
  readonly pitchDegrees: number;
  readonly rollDegrees: number;
}

/** A box for programs, to a hundredth of a px. */
export function boxJson({ xMin, yMin, xMax, yMax }: Box): Box {
  return { xMin: rounded(xMin, 2), yMin: rounded(yMin, 2), xMax: rounded(xMax, 2), yMax: rounded(yMax, 2) };
}

/** Landmarks for programs, to a hundredth of a px. Shape `[n][2]`. */
export function landmarksJson(landmarks: Landmarks): readonly Point[] {
  return Array.from({ length: landmarks.points.length / 2 }, (_, i) => {
    const [x, y] = landmark(landmarks, i);
    return [rounded(x, 2), rounded(y, 2)];
  });
}

/** A pose for programs, to a hundredth of a degree. */
export function poseJson({ yawDegrees, pitchDegrees, rollDegrees }: PoseDegrees) {
  return { yaw: rounded(yawDegrees, 2), pitch: rounded(pitchDegrees, 2), roll: rounded(rollDegrees, 2) };
}

/** A detector's score or a quality, in [0, 1], for programs: four decimals. */
export function scoreJson(score: number): number {
  return rounded(score, 4);
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
