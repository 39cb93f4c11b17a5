import { ibug68, type Point } from '@kith/core';

/** The mean face's place of a point of `ibug68`, as a share of its square. @param number - From 17 on: the jaw has no place. */
export function meanFacePlace(number: number): Point {
  return meanFace[number - ibug68.jaw[1]]!;
}

/**
 * Points 17–67 of `ibug68`, all but the jaw, as shares of the square of dlib's mean face, from its top left corner: the mean over 382
 * faces in dlib's five-point chip, made symmetric (`apps/lfw/src/mean-face.ts`).
 */
// biome-ignore format: one line or two a part of the face
export const meanFace: readonly Point[] = [
  [0.001, 0.089], [0.072, 0.039], [0.171, 0.020], [0.258, 0.028], [0.337, 0.054], // right brow
  [0.643, 0.054], [0.722, 0.028], [0.809, 0.020], [0.908, 0.039], [0.979, 0.089], // left brow
  [0.490, 0.229], [0.490, 0.339], [0.490, 0.441], [0.490, 0.538], // nose bridge
  [0.385, 0.599], [0.432, 0.614], [0.490, 0.627], [0.549, 0.614], [0.595, 0.599], // nose base
  [0.126, 0.217], [0.181, 0.190], [0.260, 0.188], [0.330, 0.226], [0.266, 0.247], [0.185, 0.247], // right eye
  [0.651, 0.226], [0.720, 0.188], [0.800, 0.190], [0.854, 0.217], [0.796, 0.247], [0.715, 0.247], // left eye
  [0.257, 0.807], [0.338, 0.764], [0.439, 0.732], [0.490, 0.745], [0.542, 0.732], [0.643, 0.764], // outer lips
  [0.723, 0.807], [0.639, 0.881], [0.565, 0.916], [0.490, 0.926], [0.415, 0.916], [0.342, 0.881],
  [0.275, 0.806], [0.419, 0.790], [0.490, 0.789], [0.561, 0.790], [0.706, 0.806], [0.559, 0.843], // inner lips
  [0.490, 0.848], [0.421, 0.843],
];
