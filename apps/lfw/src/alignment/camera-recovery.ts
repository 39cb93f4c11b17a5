import {
  type AffineCamera,
  cameraOf,
  fiducialsOfIbug68,
  fitCamera,
  type Pose,
  poseOf,
  projectShape,
  referenceShape,
  toFiducials67,
} from '@kith/alignment';
import { createLandmarks, createRandom, type Landmarks, type Random } from '@kith/core';
import { headShape } from './surrey-model.ts';
import { addLandmarkNoise } from './synthetic-noise.ts';
import { type Scene, viewOf } from './synthetic-scene.ts';

/** How well a camera comes back, with Σ and without. */
export interface RecoveryRow {
  /** Root mean square landmark error a coordinate, in distances between the eyes. */
  readonly noise: number;
  readonly covariance: RecoveryErrors;
  readonly identity: RecoveryErrors;
  /** Share of the trials in which Σ's pose is nearer. */
  readonly covarianceWins: number;
}

export interface RecoveryErrors {
  /** The angle between the true and the found rotation, degrees. */
  readonly poseDegrees: MeanError;
  /** ‖P̂ − P‖ of the eight numbers at 1 px a mm, those that mm are multiplied by taken at 63 mm, so that all are px. */
  readonly cameraPx: MeanError;
}

export interface MeanError {
  readonly mean: number;
  readonly standardError: number;
}

export interface RecoveryFigures {
  /** The reference shape itself, whose landmarks err as Σ says. */
  readonly reference: readonly RecoveryRow[];
  /** Heads that are not the reference: other people, expressions, perspective, a jaw that is an outline; absent without the 3-D model. */
  readonly heads?: readonly RecoveryRow[];
  readonly seed: number;
  readonly trials: number;
}

const noiseLevels = [0, 0.01, 0.02, 0.04, 0.08] as const;

/** The eyes' distance in the reference frame, by which numbers of unlike units are made alike. */
const lengthMm = 63;

const headCount = 100;

/** Fit cameras to landmarks of known pose, with Σ and with all errors taken for alike. */
export function measureRecovery({
  scene,
  seed,
  trials,
}: {
  readonly scene: Scene | undefined;
  readonly seed: number;
  readonly trials: number;
}): RecoveryFigures {
  const rows = (draw: (random: Random, trial: number) => Trial, levels: readonly number[]) =>
    levels.map((noise) => recoveryRow(draw, { noise, seed, trials }));
  const reference = rows((random) => referenceTrial(random), noiseLevels.slice(1));
  if (!scene) return { reference, seed, trials };
  const shapes = Array.from({ length: Math.min(headCount, trials) }, (_, head) => headOf(scene, seed * 1000 + head));
  const heads = rows(
    (random, trial) => headTrial(scene, { shape: shapes[trial % shapes.length]!, random }),
    noiseLevels,
  );
  return { reference, heads, seed, trials };
}

/** Landmarks without error, and the pose they were made with. */
interface Trial {
  readonly landmarks: Landmarks;
  readonly pose: Pose;
  /** Absent where the shape is not the reference, so that no camera is the true one. */
  readonly camera?: AffineCamera;
}

function recoveryRow(
  draw: (random: Random, trial: number) => Trial,
  { noise, seed, trials }: { readonly noise: number; readonly seed: number; readonly trials: number },
): RecoveryRow {
  const random = createRandom(seed);
  const kinds = { covariance: emptyLists(), identity: emptyLists() };
  let wins = 0;
  for (let trial = 0; trial < trials; trial++) {
    const { landmarks, pose, camera } = draw(random, trial);
    const eyesPx = lengthMm * pose.pxPerMm;
    const noisy = toFiducials67(
      addLandmarkNoise(landmarks, { share: noise, eyesPx, rollDegrees: pose.rollDegrees, random }),
    );
    const errors = [fitCamera(noisy), fitCamera(noisy, { covariance: 'identity' })].map((found) => ({
      degrees: angleBetween(poseOf(found), pose),
      px: camera ? cameraDistance(found, camera) / pose.pxPerMm : Number.NaN,
    }));
    [kinds.covariance, kinds.identity].forEach((lists, k) => {
      lists.degrees.push(errors[k]!.degrees);
      lists.px.push(errors[k]!.px);
    });
    if (errors[0]!.degrees < errors[1]!.degrees) wins++;
  }
  const errorsOf = ({ degrees, px }: ReturnType<typeof emptyLists>) => ({
    poseDegrees: meanOf(degrees),
    cameraPx: meanOf(px),
  });
  return {
    noise,
    covariance: errorsOf(kinds.covariance),
    identity: errorsOf(kinds.identity),
    covarianceWins: wins / trials,
  };
}

function emptyLists() {
  return { degrees: [] as number[], px: [] as number[] };
}

function drawTurn(random: Random) {
  const between = (most: number) => most * (2 * random() - 1);
  return { yawDegrees: between(60), pitchDegrees: between(30), rollDegrees: between(30) };
}

function referenceTrial(random: Random): Trial {
  const pose = { ...drawTurn(random), pxPerMm: 1 };
  const camera = cameraOf({ ...pose, middle: [125, 125] });
  const seen = projectShape(camera, referenceShape);
  const points = fiducialsOfIbug68.flatMap((i) => [seen[2 * i]!, seen[2 * i + 1]!]);
  return { landmarks: createLandmarks('ibug68', Float32Array.from(points)), pose, camera };
}

function headTrial(scene: Scene, { shape, random }: { readonly shape: Float64Array; readonly random: Random }): Trial {
  const view = viewOf(scene, { head: { shape }, random, turn: drawTurn(random) });
  return { landmarks: scene.landmarks.locate(shape, view), pose: view };
}

function headOf({ model }: Scene, seed: number): Float64Array {
  const random = createRandom(seed);
  const { name } = model.expressions[Math.floor(random() * model.expressions.length)]!;
  return headShape(model, { seed, spread: 0.8, expression: { name, amount: random() } });
}

/** The angle of the rotation that leads from one pose to the other. */
function angleBetween(one: Pose, other: Pose): number {
  const [a, b] = [rotationOf(one), rotationOf(other)];
  const trace = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  return (Math.acos(Math.min(1, Math.max(-1, (trace - 1) / 2))) * 180) / Math.PI;
}

function rotationOf(pose: Pose): readonly number[] {
  const { x, y } = cameraOf({ ...pose, pxPerMm: 1 });
  const z = [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]];
  return [...x.slice(0, 3), ...y.slice(0, 3), ...z];
}

function cameraDistance(one: AffineCamera, other: AffineCamera): number {
  const units = [lengthMm, lengthMm, lengthMm, 1];
  return Math.hypot(
    ...units.flatMap((unit, k) => [unit * (one.x[k]! - other.x[k]!), unit * (one.y[k]! - other.y[k]!)]),
  );
}

/** Mean and standard error. */
export function meanOf(values: readonly number[]): MeanError {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
}
