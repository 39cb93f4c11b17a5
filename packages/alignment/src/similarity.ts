import { type Affine, FaceError, type Point } from '@kith/core';

/**
 * Fit the similarity (scale, rotation, shift; no mirror) that takes points to targets with the least squared error.
 *
 * @param from - At least two points, not all in one place.
 * @param to - As many targets.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` when the points or the targets do not fix a similarity.
 * @see Umeyama, Least-squares estimation of transformation parameters, PAMI 1991, for the plane.
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Affine {
  if (from.length !== to.length || from.length < 2) {
    throw new FaceError(
      'LANDMARKS_DEGENERATE',
      `A similarity needs two or more pairs of points, got ${from.length} and ${to.length}.`,
    );
  }
  const [fromX, fromY] = centroid(from);
  const [toX, toY] = centroid(to);
  let along = 0;
  let across = 0;
  let spread = 0;
  from.forEach(([x, y], i) => {
    const [u, v] = [x - fromX, y - fromY];
    const [p, q] = [to[i]![0] - toX, to[i]![1] - toY];
    along += u * p + v * q;
    across += u * q - v * p;
    spread += u * u + v * v;
  });
  const a = along / spread;
  const d = across / spread;
  if (!Number.isFinite(a) || !Number.isFinite(d) || Math.hypot(a, d) < 1e-9) {
    throw new FaceError('LANDMARKS_DEGENERATE', `${from.length} points that fall together do not fix a similarity.`);
  }
  return { a, b: -d, c: toX - a * fromX + d * fromY, d, e: a, f: toY - d * fromX - a * fromY };
}

function centroid(points: readonly Point[]): Point {
  const n = points.length;
  return [points.reduce((sum, [x]) => sum + x, 0) / n, points.reduce((sum, [, y]) => sum + y, 0) / n];
}
