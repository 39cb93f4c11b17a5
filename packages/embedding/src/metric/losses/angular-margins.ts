import { FaceError } from '@kith/core';
import { dotProducts, unitRows } from '../products.ts';
import type { LossTerms } from '../reducers.ts';
import type { Rows } from '../rows.ts';
import { crossEntropy } from './cross-entropy.ts';

/**
 * Classes are directions, and a row's own class must win by a margin in the angle θ between them:
 *
 *   own logit / scale      SphereFace  ψ(θ) = (−1)^k cos(m θ) − 2k on [kπ/m, (k+1)π/m]
 *                          CosFace     cos θ − m
 *                          ArcFace     cos(θ + m)
 *   others' logit / scale  cos θⱼ
 */
interface AngularMargin {
  /** What takes the place of the cosine to a row's own class. */
  readonly own: (cos: number) => { readonly value: number; readonly slope: number };
  /** A number, or the length of the row's embedding. */
  readonly scale: number | 'length';
}

export interface CosFaceOptions {
  /** Unit length is given to its rows here; their own lengths take no gradient. Shape `[classes, dimension]`. */
  readonly weights: Rows;
  readonly scale?: number;
  /** Of a cosine. */
  readonly marginCosine?: number;
}

/** @see Wang et al., CosFace, CVPR 2018, §3.2. */
export function cosFaceLoss(
  embeddings: Rows,
  labels: Int32Array,
  { weights, scale = 64, marginCosine = 0.35 }: CosFaceOptions,
): LossTerms<'weights'> {
  return angularLoss(embeddings, labels, weights, { scale, own: (cos) => ({ value: cos - marginCosine, slope: 1 }) });
}

/**
 * The least scale at which CosFace's classes, spread evenly, can reach a probability: `(C − 1)/C · ln((C − 1) P / (1 − P))`.
 *
 * @see Wang et al., CosFace, CVPR 2018, §3.3.
 */
export function cosFaceLeastScale({
  classes,
  probability,
}: {
  readonly classes: number;
  readonly probability: number;
}): number {
  return ((classes - 1) / classes) * Math.log(((classes - 1) * probability) / (1 - probability));
}

export interface ArcFaceOptions extends Pick<CosFaceOptions, 'weights' | 'scale'> {
  readonly marginRadians?: number;
}

/** A sine no smaller than this: at θ = 0 the slope by the cosine has no bound. */
const leastSine = 1e-6;

/**
 * Where `θ + m` would pass π, and cos rise again, the own logit falls on as `cos θ − m sin m`.
 *
 * @see Deng et al., ArcFace, CVPR 2019, §3.1; the fallback is of its authors' code.
 */
export function arcFaceLoss(
  embeddings: Rows,
  labels: Int32Array,
  { weights, scale = 64, marginRadians = 0.5 }: ArcFaceOptions,
): LossTerms<'weights'> {
  const [cosMargin, sinMargin] = [Math.cos(marginRadians), Math.sin(marginRadians)];
  const own = (cos: number) => {
    if (cos <= -cosMargin) return { value: cos - marginRadians * sinMargin, slope: 1 };
    const sin = Math.max(leastSine, Math.sqrt(Math.max(0, 1 - cos * cos)));
    return { value: cos * cosMargin - sin * sinMargin, slope: cosMargin + (cos / sin) * sinMargin };
  };
  return angularLoss(embeddings, labels, weights, { scale, own });
}

export interface SphereFaceOptions extends Pick<CosFaceOptions, 'weights'> {
  /** A whole number: the own angle counts so many times. */
  readonly timesAngle?: number;
  /** How much of the plain cosine is left in: `(λ cos θ + ψ(θ)) / (1 + λ)`. It falls by {@link sphereFaceLambda}. */
  readonly lambda?: number;
}

/**
 * A-softmax: the scale is the embedding's own length.
 *
 * @throws {FaceError} `USAGE` unless the angle counts a whole number of times.
 * @see Liu et al., SphereFace, CVPR 2017, §3.2.
 */
export function sphereFaceLoss(
  embeddings: Rows,
  labels: Int32Array,
  { weights, timesAngle = 4, lambda = 5 }: SphereFaceOptions,
): LossTerms<'weights'> {
  if (!(Number.isInteger(timesAngle) && timesAngle >= 1)) {
    throw new FaceError('USAGE', `SphereFace counts the angle a whole number of times, got ${timesAngle}.`);
  }
  const own = (cos: number) => {
    const angle = Math.acos(Math.min(1, Math.max(-1, cos)));
    const k = Math.min(timesAngle - 1, Math.floor((timesAngle * angle) / Math.PI));
    const sign = k % 2 === 0 ? 1 : -1;
    const { value, slope } = cosineOfMultiple(cos, timesAngle);
    return {
      value: (lambda * cos + sign * value - 2 * k) / (1 + lambda),
      slope: (lambda + sign * slope) / (1 + lambda),
    };
  };
  return angularLoss(embeddings, labels, weights, { scale: 'length', own });
}

export interface LambdaSchedule {
  readonly base?: number;
  readonly gamma?: number;
  readonly power?: number;
  readonly least?: number;
}

/** λ after so many updates: `max(least, base (1 + γ it)^−power)`. @see Liu et al., SphereFace, CVPR 2017, §4.1 and its code. */
export function sphereFaceLambda(
  iteration: number,
  { base = 1000, gamma = 0.12, power = 1, least = 5 }: LambdaSchedule = {},
): number {
  return Math.max(least, base * (1 + gamma * iteration) ** -power);
}

/** `cos(m θ)` as a polynomial of `cos θ`, and its derivative by that: Chebyshev's `T_m` and `m U_(m−1)`. */
function cosineOfMultiple(cos: number, times: number): { readonly value: number; readonly slope: number } {
  let [before, value] = [1, cos];
  let [slopeBefore, slope] = [0, 1];
  for (let m = 1; m < times; m++) {
    [before, value, slopeBefore, slope] = [
      value,
      2 * cos * value - before,
      slope,
      2 * value + 2 * cos * slope - slopeBefore,
    ];
  }
  return { value, slope };
}

function angularLoss(
  embeddings: Rows,
  labels: Int32Array,
  weights: Rows,
  { own, scale }: AngularMargin,
): LossTerms<'weights'> {
  const classes = weights.count;
  const [units, directions] = [unitRows(embeddings), unitRows(weights)];
  const cosines = dotProducts(units, directions);
  const scales = scale === 'length' ? units.lengths : new Float64Array(embeddings.count).fill(scale);
  // each logit over its scale, and its slope by the cosine
  const heights = cosines.values.slice();
  const slopes = new Float64Array(heights.length).fill(1);
  for (const [row, label] of labels.entries()) {
    const k = row * classes + label;
    const { value, slope } = own(heights[k]!);
    [heights[k], slopes[k]] = [value, slope];
  }
  const loss = crossEntropy(
    heights.map((height, k) => height * scales[Math.floor(k / classes)]!),
    labels,
    classes,
  );
  const backward = (upstream: Float64Array) => {
    const atLogits = loss.backward(upstream);
    const { one, other } = cosines.backward(atLogits.map((g, k) => g * scales[Math.floor(k / classes)]! * slopes[k]!));
    const gradient = units.backward(one);
    if (scale === 'length') addAlongUnits(gradient, units, rowSums(atLogits, heights, classes));
    return { embeddings: gradient, weights: directions.backward(other) };
  };
  return { values: loss.values, backward };
}

/** `Σⱼ aᵢⱼ bᵢⱼ` for each row i. */
function rowSums(one: Float64Array, other: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(one.length / columns);
  one.forEach((value, k) => {
    sums[Math.floor(k / columns)]! += value * other[k]!;
  });
  return sums;
}

/** Add the gradient at the rows' lengths: a length grows along its own row. */
function addAlongUnits(gradient: Float64Array, { values, dimension }: Rows, atLengths: Float64Array): void {
  for (let k = 0; k < gradient.length; k++) gradient[k]! += atLengths[Math.floor(k / dimension)]! * values[k]!;
}
