import Delaunator from 'delaunator';

/**
 * Triangulate points of the plane, by Delaunay.
 *
 * @param points - Shape `[n, 2]`, row-major.
 * @returns Numbers of the points, three a triangle: counter-clockwise as seen in an image, y pointing down.
 */
export function triangulate(points: Float64Array): Uint32Array {
  return Delaunator.from(
    Array.from({ length: points.length / 2 }, (_, i) => i),
    (i) => points[2 * i]!,
    (i) => points[2 * i + 1]!,
  ).triangles;
}
