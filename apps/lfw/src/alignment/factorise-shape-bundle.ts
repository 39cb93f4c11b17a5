import { solveSmall } from './solve-small.ts';

/** A shape, and how well it explains the faces it was fitted to. */
export interface Bundle {
  /** Shape `[points, 3]`, row-major. */
  readonly shape: Float64Array;
  /** Root of the mean square of the kept faces' residuals a point, in the shape's unit. */
  readonly residual: number;
  /** Faces that were kept, each with its mirror image. */
  readonly kept: number;
  /** Yaw of each face, degrees, also of those left out. Shape `[n]`. */
  readonly yawDegrees: Float64Array;
}

export interface BundleOptions {
  readonly shape: Float64Array;
  readonly mirror: readonly number[];
  readonly sliding?: readonly [number, number];
  readonly rounds?: number;
}

/** Faces whose residual is more than this many times the median are left out. */
const outlier = 2;

/** Beyond this yaw the sliding points do not count. */
const slidingYawDegrees = 25;

const turnsOfPose = 2;

/** The pose of one face: rows of a rotation times a scale, and what is added. */
interface Camera {
  /** Shape `[3, 3]`, row-major; in proportion to the scale. */
  readonly rotation: Float64Array;
  scale: number;
  readonly middle: [number, number];
  /** Mean square of the residuals a point, over the square of the scale. */
  error: number;
}

/**
 * Fit poses and shape in turns.
 *
 * @param faces - Shape `[n, points, 2]`; the second half mirrors the first.
 */
export function adjustBundle(
  faces: Float64Array,
  { shape: first, mirror, sliding = [0, 0], rounds = 60 }: BundleOptions,
): Bundle {
  const points = mirror.length;
  const cameras = Array.from({ length: faces.length / (2 * points) }, newCamera);
  let shape = first;
  let kept = cameras;
  let limit = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    cameras.forEach((camera, i) => {
      const face = faces.subarray(2 * points * i, 2 * points * (i + 1));
      for (let turn = 0; turn < turnsOfPose; turn++) improvePose(camera, { face, shape, sliding });
    });
    const sorted = cameras.map(({ error }) => error).sort((a, b) => a - b);
    limit = outlier ** 2 * sorted[sorted.length >> 1]!;
    kept = cameras.filter(({ error }) => error <= limit);
    shape = symmetric(bestShape(faces, { cameras, limit, points, sliding }), mirror);
    shape = faced(shape, kept);
  }
  const square = kept.reduce((sum, { error }) => sum + error, 0) / kept.length;
  return {
    shape,
    residual: Math.sqrt(square),
    kept: kept.length / 2,
    yawDegrees: Float64Array.from(cameras.slice(0, cameras.length / 2), yawOf),
  };
}

function newCamera(): Camera {
  return { rotation: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), scale: 1, middle: [0, 0], error: 0 };
}

function yawOf({ rotation }: Camera): number {
  return (Math.atan2(rotation[6]!, rotation[8]!) * 180) / Math.PI;
}

/** Whether point i counts in a face. */
function counts(
  i: number,
  { camera, sliding }: { readonly camera: Camera; readonly sliding: readonly [number, number] },
) {
  return i < sliding[0] || i >= sliding[1] || Math.abs(yawOf(camera)) < slidingYawDegrees;
}

/** One Gauss–Newton step on turn and scale, the middle being the best for each. */
function improvePose(
  camera: Camera,
  {
    face,
    shape,
    sliding,
  }: { readonly face: Float64Array; readonly shape: Float64Array; readonly sliding: readonly [number, number] },
): void {
  const { rotation, middle } = camera;
  const points = shape.length / 3;
  const used = Array.from({ length: points }, (_, i) => i).filter((i) => counts(i, { camera, sliding }));
  // seen from the front of the camera: [x, y, z] a point, and u, v
  const seen = used.map((i) => turn(rotation, shape.subarray(3 * i, 3 * i + 3)));
  const mean = (value: (k: number) => number) => used.reduce((sum, _, k) => sum + value(k), 0) / used.length;
  const [x, y, z] = [mean((k) => seen[k]![0]!), mean((k) => seen[k]![1]!), mean((k) => seen[k]![2]!)];
  const [u, v] = [mean((k) => face[2 * used[k]!]!), mean((k) => face[2 * used[k]! + 1]!)];
  const normal = new Float64Array(16);
  const right = new Float64Array(4);
  for (let k = 0; k < used.length; k++) {
    const [px, py, pz] = [seen[k]![0]! - x, seen[k]![1]! - y, seen[k]![2]! - z].map((value) => value * camera.scale);
    // how u and v change with a turn about x, y, z and with the log of the scale
    const du = [0, pz!, -py!, px!];
    const dv = [-pz!, 0, px!, py!];
    const [eu, ev] = [face[2 * used[k]!]! - u - px!, face[2 * used[k]! + 1]! - v - py!];
    for (let i = 0; i < 4; i++) {
      right[i]! += du[i]! * eu + dv[i]! * ev;
      for (let j = 0; j < 4; j++) normal[4 * i + j]! += du[i]! * du[j]! + dv[i]! * dv[j]!;
    }
  }
  const step = solveSmall(normal, right);
  rotation.set(turnedBy(rotation, step));
  camera.scale *= Math.exp(step[3]!);
  let error = 0;
  const after = used.map((i) => turn(rotation, shape.subarray(3 * i, 3 * i + 3)));
  middle[0] = u - camera.scale * mean((k) => after[k]![0]!);
  middle[1] = v - camera.scale * mean((k) => after[k]![1]!);
  used.forEach((i, k) => {
    error += (face[2 * i]! - middle[0] - camera.scale * after[k]![0]!) ** 2;
    error += (face[2 * i + 1]! - middle[1] - camera.scale * after[k]![1]!) ** 2;
  });
  camera.error = error / used.length / camera.scale ** 2;
}

function turn(rotation: Float64Array, p: Float64Array): readonly number[] {
  return [0, 3, 6].map((row) => rotation[row]! * p[0]! + rotation[row + 1]! * p[1]! + rotation[row + 2]! * p[2]!);
}

/** Turn a rotation further about the camera's axes, by Rodrigues' formula. */
function turnedBy(rotation: Float64Array, [x = 0, y = 0, z = 0]: ArrayLike<number> & Iterable<number>): Float64Array {
  const angle = Math.hypot(x, y, z);
  if (angle < 1e-12) return rotation;
  const [a, b, c] = [x / angle, y / angle, z / angle];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const k = 1 - cos;
  const by = [
    [cos + a * a * k, a * b * k - c * sin, a * c * k + b * sin],
    [a * b * k + c * sin, cos + b * b * k, b * c * k - a * sin],
    [a * c * k - b * sin, b * c * k + a * sin, cos + c * c * k],
  ];
  return Float64Array.from(rotation, (_, i) =>
    by[Math.floor(i / 3)]!.reduce((sum, value, j) => sum + value * rotation[3 * j + (i % 3)]!, 0),
  );
}

/** The shape of least squares for given poses, point by point. */
function bestShape(
  faces: Float64Array,
  {
    cameras,
    limit,
    points,
    sliding,
  }: {
    readonly cameras: readonly Camera[];
    readonly limit: number;
    readonly points: number;
    readonly sliding: readonly [number, number];
  },
): Float64Array {
  const normal = new Float64Array(9 * points);
  const right = new Float64Array(3 * points);
  cameras.forEach((camera, face) => {
    if (camera.error > limit) return;
    const { rotation, scale, middle } = camera;
    for (let i = 0; i < points; i++) {
      if (!counts(i, { camera, sliding })) continue;
      for (const axis of [0, 1]) {
        const value = (faces[2 * (face * points + i) + axis]! - middle[axis]!) / scale;
        for (let j = 0; j < 3; j++) {
          right[3 * i + j]! += rotation[3 * axis + j]! * value;
          for (let k = 0; k < 3; k++) normal[9 * i + 3 * j + k]! += rotation[3 * axis + j]! * rotation[3 * axis + k]!;
        }
      }
    }
  });
  const shape = new Float64Array(3 * points);
  for (let i = 0; i < points; i++) {
    shape.set(solveSmall(normal.subarray(9 * i, 9 * i + 9), right.subarray(3 * i, 3 * i + 3)), 3 * i);
  }
  return shape;
}

/** The mean of a shape and its mirror image. */
function symmetric(shape: Float64Array, mirror: readonly number[]): Float64Array {
  return shape.map((value, i) => {
    const other = shape[3 * mirror[Math.floor(i / 3)]! + (i % 3)]!;
    return (value + (i % 3 === 0 ? -other : other)) / 2;
  });
}

/** Tilt a shape about x so that the mean face is seen neither from above nor from below. */
function faced(shape: Float64Array, cameras: readonly Camera[]): Float64Array {
  let [cos, sin] = [0, 0];
  for (const { rotation } of cameras) {
    cos += rotation[4]!;
    sin += rotation[5]!;
  }
  const length = Math.hypot(cos, sin);
  [cos, sin] = [cos / length, sin / length];
  for (const { rotation } of cameras) {
    for (const row of [0, 3, 6]) {
      const [y, z] = [rotation[row + 1]!, rotation[row + 2]!];
      rotation[row + 1] = cos * y + sin * z;
      rotation[row + 2] = cos * z - sin * y;
    }
  }
  const tilted = Float64Array.from(shape);
  for (let at = 0; at < shape.length; at += 3) {
    tilted[at + 1] = cos * shape[at + 1]! + sin * shape[at + 2]!;
    tilted[at + 2] = cos * shape[at + 2]! - sin * shape[at + 1]!;
  }
  return tilted;
}
