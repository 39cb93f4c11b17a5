import { type Affine, FaceError, type Point } from '@kith/core';

/** A map that makes a face this much narrower one way than the other is a line, where the truth of its width is rounding errors. */
const leastWidthShare = 1e-3;

/**
 * Fit the affine that takes points to targets with the least squared error; three points fix it exactly.
 *
 * @param from - At least three points, not in one line. Shape `[n, 2]`, row-major.
 * @param to - As many targets, not in one line. Shape `[n, 2]`, row-major.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` when the points or the targets lie in one line or place, or are not finite.
 */
export function fitAffine(from: Float64Array, to: Float64Array): Affine {
  if (from.length !== to.length || from.length < 6) {
    throw degenerate(`three or more pairs of points, got ${from.length / 2} and ${to.length / 2}`);
  }
  const [x, y] = meanOf(from);
  const [u, v] = meanOf(to);
  let [xx, xy, yy, xu, yu, xv, yv] = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < from.length; i += 2) {
    const [dx, dy, du, dv] = [from[i]! - x, from[i + 1]! - y, to[i]! - u, to[i + 1]! - v];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
    xu += dx * du;
    yu += dy * du;
    xv += dx * dv;
    yv += dy * dv;
  }
  const determinant = xx * yy - xy * xy;
  // of a symmetric matrix: the root of the smaller eigenvalue over the larger one is about √determinant / trace
  if (!(Math.sqrt(determinant) > leastWidthShare * (xx + yy))) throw degenerate('points that are not in one line');
  const a = (xu * yy - yu * xy) / determinant;
  const b = (yu * xx - xu * xy) / determinant;
  const d = (xv * yy - yv * xy) / determinant;
  const e = (yv * xx - xv * xy) / determinant;
  if (!(Math.abs(a * e - b * d) > leastWidthShare * (a * a + b * b + d * d + e * e))) {
    throw degenerate('targets that are not in one line');
  }
  return { a, b, c: u - a * x - b * y, d, e, f: v - d * x - e * y };
}

function degenerate(needs: string): FaceError {
  return new FaceError('LANDMARKS_DEGENERATE', `An affine needs ${needs}.`);
}

function meanOf(points: Float64Array): Point {
  let [x, y] = [0, 0];
  for (let i = 0; i < points.length; i += 2) {
    x += points[i]!;
    y += points[i + 1]!;
  }
  return [(2 * x) / points.length, (2 * y) / points.length];
}
