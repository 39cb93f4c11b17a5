import { FaceError } from './errors.ts';
import { type Affine, type Point, transformPoint } from './geometry.ts';

/**
 * How the points of a face are numbered. `ibug68`: jaw 0–16, brows 17–26, nose 27–35, eyes 36–47, mouth 48–67.
 * `deepface67`: the same, the two middles of the inner lips (62 and 66) being one, 62, and 67 being 66. `deepface6`: right eye, left eye,
 * tip of the nose, right corner, middle and left corner of the mouth.
 */
export const landmarkSchemes = { ibug68: 68, deepface67: 67, deepface6: 6 } as const;

export type LandmarkScheme = keyof typeof landmarkSchemes;

/** Points of one face in px of its image. "Left" and "right" are the person's own. */
export interface Landmarks {
  readonly scheme: LandmarkScheme;
  /** Shape `[n, 2]`, row-major. */
  readonly points: Float32Array;
}

/** Where the named parts of an `ibug68` face begin, and end exclusively; the person's right eye is on the image's left. */
export const ibug68 = {
  jaw: [0, 17],
  rightBrow: [17, 22],
  leftBrow: [22, 27],
  noseBridge: [27, 31],
  noseBase: [31, 36],
  rightEye: [36, 42],
  leftEye: [42, 48],
  outerLips: [48, 60],
  innerLips: [60, 68],
} as const;

/** @throws {FaceError} `LANDMARKS_DEGENERATE` when the count is wrong or a coordinate is not finite. */
export function createLandmarks(scheme: LandmarkScheme, points: Float32Array): Landmarks {
  const expected = landmarkSchemes[scheme] * 2;
  if (points.length !== expected) {
    throw new FaceError('LANDMARKS_DEGENERATE', `${scheme} has ${expected} coordinates, got ${points.length}.`);
  }
  const bad = points.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new FaceError('LANDMARKS_DEGENERATE', `Coordinate ${bad} of ${scheme} is ${points[bad]}, not finite.`);
  }
  return { scheme, points };
}

export function landmark({ points }: Landmarks, index: number): Point {
  return [points[2 * index]!, points[2 * index + 1]!];
}

/** Mean of the points `from` … `to - 1`. */
export function meanLandmark(landmarks: Landmarks, [from, to]: readonly [number, number]): Point {
  let x = 0;
  let y = 0;
  for (let i = from; i < to; i++) {
    const [px, py] = landmark(landmarks, i);
    x += px;
    y += py;
  }
  return [x / (to - from), y / (to - from)];
}

export function transformLandmarks({ scheme, points }: Landmarks, transform: Affine): Landmarks {
  const moved = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = transformPoint(transform, [points[i]!, points[i + 1]!]);
    moved[i] = x;
    moved[i + 1] = y;
  }
  return { scheme, points: moved };
}

/** Distance in px between the centres of the two eyes. */
export function interocularPx(landmarks: Landmarks): number {
  const [rx, ry] = meanLandmark(landmarks, ibug68.rightEye);
  const [lx, ly] = meanLandmark(landmarks, ibug68.leftEye);
  return Math.hypot(lx - rx, ly - ry);
}
