import { FaceError } from './errors.ts';
import type { LandmarkScheme, Landmarks } from './landmarks.ts';

/** For each point of a scheme, the point on the other side of the face. */
export const landmarkMirror: Readonly<Record<LandmarkScheme, readonly number[]>> = {
  // biome-ignore format: one line a part of the face
  ibug68: [
    16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, // jaw
    26, 25, 24, 23, 22, 21, 20, 19, 18, 17,                   // brows
    27, 28, 29, 30, 35, 34, 33, 32, 31,                       // nose
    45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,           // eyes
    54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55,           // outer lips
    64, 63, 62, 61, 60, 67, 66, 65,                           // inner lips
  ],
  // biome-ignore format: one line a part of the face
  deepface67: [
    16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, // jaw
    26, 25, 24, 23, 22, 21, 20, 19, 18, 17,                   // brows
    27, 28, 29, 30, 35, 34, 33, 32, 31,                       // nose
    45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,           // eyes
    54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55,           // outer lips
    64, 63, 62, 61, 60, 66, 65,                               // inner lips
  ],
  deepface6: [1, 0, 2, 5, 4, 3],
};

/** Renumber the points of a face that was seen in a mirror, so that left and right are the person's own again. */
export function mirrorLandmarks({ scheme, points }: Landmarks): Landmarks {
  const renumbered = new Float32Array(points.length);
  landmarkMirror[scheme].forEach((from, to) => {
    renumbered[2 * to] = points[2 * from]!;
    renumbered[2 * to + 1] = points[2 * from + 1]!;
  });
  return { scheme, points: renumbered };
}

/** @throws {FaceError} `LANDMARKS_DEGENERATE` when there are none, or their schemes differ. */
export function averageLandmarks(several: readonly Landmarks[]): Landmarks {
  const [first] = several;
  if (!first || several.some(({ scheme }) => scheme !== first.scheme)) {
    throw new FaceError(
      'LANDMARKS_DEGENERATE',
      `Landmarks of one scheme are needed to average, got ${first ? several.map(({ scheme }) => scheme).join(', ') : 'none'}.`,
    );
  }
  const points = first.points.map((_, i) => several.reduce((sum, one) => sum + one.points[i]!, 0) / several.length);
  return { scheme: first.scheme, points };
}
