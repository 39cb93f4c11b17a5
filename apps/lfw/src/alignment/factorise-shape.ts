import { symmetricEigen } from '@kith/core';
import { adjustBundle, type Bundle } from './factorise-shape-bundle.ts';
import { solveSmall } from './solve-small.ts';

export interface FactoriseOptions {
  /** For each point, the one on the other side. */
  readonly mirror: readonly number[];
  /** A point that lies nearer to the viewer than the mean: it tells a face from its mask seen from inside. */
  readonly nearest: number;
  /** Points that slide along the outline when the head turns, `[from, to)`: they count only in faces near the front. */
  readonly sliding?: readonly [number, number];
  readonly rounds?: number;
}

/**
 * Find the rigid, symmetric shape that faces seen by scaled orthographic cameras have in common.
 *
 * Tomasi and Kanade's factorisation starts it: the observations have rank 3, and that each camera's rows are of one length and at right
 * angles makes the affine shape a metric one. Then a bundle adjustment in turns: the pose of each face, the shape by least squares. Each
 * face counts twice, as it is and mirrored.
 *
 * @param observations - Points of n faces in px. Shape `[n, points, 2]`, row-major.
 * @returns The shape in units of the mean face's size: x right, y down, z away from the viewer, the mean of the poses being the frontal.
 * @see Tomasi and Kanade, IJCV 1992; Taigman et al., DeepFace, CVPR 2014, §2.2.
 */
export function factoriseShape(observations: Float64Array, options: FactoriseOptions): Bundle {
  const both = withMirrored(observations, options.mirror);
  const faces = normalised(both, options.mirror.length);
  return adjustBundle(faces, { ...options, shape: metricShape(faces, options) });
}

/** The faces, then the same faces in a mirror, their points renumbered. */
function withMirrored(observations: Float64Array, mirror: readonly number[]): Float64Array {
  const both = new Float64Array(2 * observations.length);
  both.set(observations);
  const points = mirror.length;
  for (let i = 0; i < observations.length / 2; i++) {
    const from = i - (i % points) + mirror[i % points]!;
    both[observations.length + 2 * i] = -observations[2 * from]!;
    both[observations.length + 2 * i + 1] = observations[2 * from + 1]!;
  }
  return both;
}

/** Bring each face to the mean by a similarity, three times over; the mean has its centre at 0 and a mean square of 1. */
function normalised(observations: Float64Array, points: number): Float64Array {
  const faces = Float64Array.from(observations);
  const size = 2 * points;
  let mean = faces.slice(0, size);
  for (let round = 0; round < 4; round++) {
    centre(mean);
    const next = new Float64Array(size);
    for (let at = 0; at < faces.length; at += size) {
      const face = faces.subarray(at, at + size);
      centre(face);
      toMean(face, mean);
      for (let i = 0; i < size; i++) next[i]! += face[i]!;
    }
    const square = next.reduce((sum, value) => sum + value * value, 0) / points;
    mean = next.map((value) => value / Math.sqrt(square));
  }
  return faces;
}

function centre(face: Float64Array): void {
  for (const axis of [0, 1]) {
    let sum = 0;
    for (let i = axis; i < face.length; i += 2) sum += face[i]!;
    for (let i = axis; i < face.length; i += 2) face[i]! -= sum / (face.length / 2);
  }
}

/** Turn and scale a centred face to lie nearest a centred mean. */
function toMean(face: Float64Array, mean: Float64Array): void {
  let [along, across, square] = [0, 0, 0];
  for (let i = 0; i < face.length; i += 2) {
    along += face[i]! * mean[i]! + face[i + 1]! * mean[i + 1]!;
    across += face[i]! * mean[i + 1]! - face[i + 1]! * mean[i]!;
    square += face[i]! ** 2 + face[i + 1]! ** 2;
  }
  const [cos, sin] = [along / square, across / square];
  for (let i = 0; i < face.length; i += 2) {
    const [x, y] = [face[i]!, face[i + 1]!];
    face[i] = cos * x - sin * y;
    face[i + 1] = sin * x + cos * y;
  }
}

/** The three strongest patterns of the observations, mixed so that cameras are as nearly metric as can be. */
function metricShape(faces: Float64Array, { mirror, nearest }: FactoriseOptions): Float64Array {
  const points = mirror.length;
  const basis = symmetricEigen(gram(faces, points), points).vectors.subarray(0, 3 * points);
  const rows = cameraRows(faces, basis);
  const { values, vectors } = symmetricEigen(metricOf(rows), 3);
  // Q = L·Lᵀ: rows·L are metric, and the shape is L⁻¹·basis
  const shape = new Float64Array(3 * points);
  for (let i = 0; i < points; i++) {
    for (let k = 0; k < 3; k++) {
      const root = Math.sqrt(Math.max(values[k]!, 1e-3 * values[0]!));
      for (let j = 0; j < 3; j++) shape[3 * i + k]! += (vectors[3 * k + j]! * basis[j * points + i]!) / root;
    }
  }
  return upright(shape, { faces, mirror, nearest });
}

/** Wᵀ·W of the observations W, shape `[points, points]`. */
function gram(faces: Float64Array, points: number): Float64Array {
  const sum = new Float64Array(points * points);
  for (let at = 0; at < faces.length; at += 2 * points) {
    for (let i = 0; i < points; i++) {
      for (let j = 0; j < points; j++) {
        sum[i * points + j]! +=
          faces[at + 2 * i]! * faces[at + 2 * j]! + faces[at + 2 * i + 1]! * faces[at + 2 * j + 1]!;
      }
    }
  }
  return sum;
}

/** Rows of each face's camera over an orthonormal basis of shapes. Shape `[n, 2, 3]`. */
function cameraRows(faces: Float64Array, basis: Float64Array): Float64Array {
  const points = basis.length / 3;
  const rows = new Float64Array((3 * faces.length) / points);
  for (let row = 0; row < rows.length / 3; row++) {
    const at = (row >> 1) * 2 * points + (row & 1);
    for (let k = 0; k < 3; k++) {
      for (let i = 0; i < points; i++) rows[3 * row + k]! += faces[at + 2 * i]! * basis[k * points + i]!;
    }
  }
  return rows;
}

/** The symmetric Q by which rows m, n of each camera have m·Q·m = n·Q·n and m·Q·n = 0, by least squares with mean length 1. */
function metricOf(rows: Float64Array): Float64Array {
  const normal = new Float64Array(36);
  const lengths = new Float64Array(6);
  for (let at = 0; at < rows.length; at += 6) {
    const [one, other] = [rows.subarray(at, at + 3), rows.subarray(at + 3, at + 6)];
    const [xx, yy, xy] = [products(one, one), products(other, other), products(one, other)];
    for (let i = 0; i < 6; i++) {
      lengths[i]! += (3 * (xx[i]! + yy[i]!)) / rows.length;
      for (let j = 0; j < 6; j++) normal[6 * i + j]! += (xx[i]! - yy[i]!) * (xx[j]! - yy[j]!) + 4 * xy[i]! * xy[j]!;
    }
  }
  const [a, b, c, d, e, f] = solveSmall(normal, lengths) as unknown as [number, number, number, number, number, number];
  const q = Float64Array.of(a, b, c, b, d, e, c, e, f);
  const scale = 1 / [a, b, c, d, e, f].reduce((sum, value, i) => sum + value * lengths[i]!, 0);
  return q.map((value) => value * scale);
}

/** How m·Q·n depends on the six numbers of Q. */
function products(m: Float64Array, n: Float64Array): readonly number[] {
  const at = (i: number, j: number) => m[i]! * n[j]! + (i === j ? 0 : m[j]! * n[i]!);
  return [at(0, 0), at(0, 1), at(0, 2), at(1, 1), at(1, 2), at(2, 2)];
}

/** Turn a shape so that x goes from the one side to the other, y down the mean image, and z away from the viewer. */
function upright(
  shape: Float64Array,
  {
    faces,
    mirror,
    nearest,
  }: { readonly faces: Float64Array; readonly mirror: readonly number[]; readonly nearest: number },
): Float64Array {
  const points = mirror.length;
  // how the mean image's x and y run in the shape's space, by least squares: rows of an affine camera
  const square = new Float64Array(9);
  const against = new Float64Array(6);
  for (let i = 0; i < points; i++) {
    let [x, y] = [0, 0];
    for (let at = 2 * i; at < faces.length; at += 2 * points) {
      x += faces[at]!;
      y += faces[at + 1]!;
    }
    for (let j = 0; j < 3; j++) {
      against[j]! += x * shape[3 * i + j]!;
      against[3 + j]! += y * shape[3 * i + j]!;
      for (let k = 0; k < 3; k++) square[3 * j + k]! += shape[3 * i + j]! * shape[3 * i + k]!;
    }
  }
  const right = unit(solveSmall(square, against.subarray(0, 3)));
  const steep = solveSmall(square, against.subarray(3));
  const lean = dot(steep, right);
  const down = unit(steep.map((value, k) => value - lean * right[k]!));
  const away = Float64Array.of(
    right[1]! * down[2]! - right[2]! * down[1]!,
    right[2]! * down[0]! - right[0]! * down[2]!,
    right[0]! * down[1]! - right[1]! * down[0]!,
  );
  const turned = new Float64Array(shape.length);
  for (let at = 0; at < shape.length; at += 3) {
    const point = shape.subarray(at, at + 3);
    turned.set([dot(point, right), dot(point, down), dot(point, away)], at);
  }
  if (turned[3 * nearest + 2]! > 0) for (let at = 2; at < turned.length; at += 3) turned[at]! *= -1;
  return turned;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
}

function unit(a: Float64Array): Float64Array {
  const length = Math.sqrt(dot(a, a));
  return a.map((value) => value / length);
}
