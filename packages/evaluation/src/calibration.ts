import { FaceError } from '@kith/core';
import { type Calibration, probabilityAt } from './decision.ts';
import { assertScores, type Scores } from './scores.ts';

/** How the targets of a logistic fit are set; either way both kinds weigh the same, so that the prior is ½. */
export type LogisticTargets = 'platt' | 'hard';

const maxIterations = 100;

/**
 * Fit `P(one person | distance)` as a logistic curve at equal odds, by Newton's method with line search: each kind of pair has
 * half of the weight, whatever their numbers. Platt's targets keep the curve finite where the kinds do not overlap. Failed pairs
 * have no distance and take no part.
 *
 * @throws {FaceError} `USAGE` when one kind of pair is missing.
 * @see Platt 1999; Lin, Lin, Weng, A note on Platt's probabilistic outputs, Machine Learning 2007.
 */
export function fitLogistic(
  scores: Scores,
  { targets = 'platt' }: { readonly targets?: LogisticTargets } = {},
): Calibration {
  const kinds = weightedKinds(scores, targets);
  let curve: Calibration = { slope: 0, intercept: 0 };
  let loss = logisticLoss(kinds, curve);
  for (let round = 0; round < maxIterations; round++) {
    const { g0, g1, h00, h01, h11 } = derivatives(kinds, curve);
    if (Math.hypot(g0, g1) < 1e-10) break;
    const determinant = h00 * h11 - h01 * h01;
    const step = { slope: (h11 * g0 - h01 * g1) / determinant, intercept: (h00 * g1 - h01 * g0) / determinant };
    const slopeAlong = g0 * step.slope + g1 * step.intercept;
    // halve the step until the loss falls enough
    let size = 1;
    let moved = curve;
    let movedLoss = loss;
    for (; size > 1e-10; size /= 2) {
      moved = { slope: curve.slope - size * step.slope, intercept: curve.intercept - size * step.intercept };
      movedLoss = logisticLoss(kinds, moved);
      if (movedLoss <= loss - 1e-4 * size * slopeAlong) break;
    }
    if (!(movedLoss < loss)) break;
    curve = moved;
    loss = movedLoss;
  }
  return curve;
}

interface WeightedKind {
  readonly distances: Float64Array;
  readonly target: number;
  readonly weight: number;
}

function weightedKinds(scores: Scores, targets: LogisticTargets): readonly WeightedKind[] {
  const genuine = scores.genuine.filter(Number.isFinite);
  const impostor = scores.impostor.filter(Number.isFinite);
  assertScores({ genuine, impostor });
  const platt = targets === 'platt';
  return [
    {
      distances: genuine,
      target: platt ? (genuine.length + 1) / (genuine.length + 2) : 1,
      weight: 0.5 / genuine.length,
    },
    { distances: impostor, target: platt ? 1 / (impostor.length + 2) : 0, weight: 0.5 / impostor.length },
  ];
}

function logisticLoss(kinds: readonly WeightedKind[], { slope, intercept }: Calibration): number {
  let loss = 0;
  for (const { distances, target, weight } of kinds) {
    let sum = 0;
    for (let i = 0; i < distances.length; i++) {
      const logit = slope * distances[i]! + intercept;
      sum += softplus(logit) - target * logit;
    }
    loss += weight * sum;
  }
  return loss;
}

/** First and second derivatives of the loss; 0 is the slope, 1 the intercept. */
function derivatives(kinds: readonly WeightedKind[], curve: Calibration) {
  let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0];
  for (const { distances, target, weight } of kinds) {
    for (let i = 0; i < distances.length; i++) {
      const d = distances[i]!;
      const p = probabilityAt(curve, d);
      const gradient = weight * (p - target);
      const curvature = weight * p * (1 - p);
      g0 += gradient * d;
      g1 += gradient;
      h00 += curvature * d * d;
      h01 += curvature * d;
      h11 += curvature;
    }
  }
  return { g0, g1, h00: h00 + 1e-12, h01, h11: h11 + 1e-12 };
}

/** A step function from distance to probability: `values[i]` holds from `distances[i]` on. Both kinds weigh the same. */
export interface IsotonicCurve {
  /** Ascending; the first is the smallest distance fitted. */
  readonly distances: Float64Array;
  /** Not ascending, 0–1. */
  readonly values: Float64Array;
}

/**
 * The falling step function nearest to the data, by pooling adjacent violators, at equal odds.
 *
 * @throws {FaceError} `USAGE` when one kind of pair is missing.
 * @see Zadrozny and Elkan, KDD 2002.
 */
export function fitIsotonic(scores: Scores): IsotonicCurve {
  const genuine = scores.genuine.filter(Number.isFinite);
  const impostor = scores.impostor.filter(Number.isFinite);
  assertScores({ genuine, impostor });
  const distances: number[] = [];
  // pairs of a block, counted: whole numbers tell equal blocks from unequal ones, sums of shares do not
  const genuineCounts: number[] = [];
  const impostorCounts: number[] = [];
  let g = 0;
  let i = 0;
  while (g < genuine.length || i < impostor.length) {
    const distance = Math.min(genuine[g] ?? Number.POSITIVE_INFINITY, impostor[i] ?? Number.POSITIVE_INFINITY);
    const [g0, i0] = [g, i];
    while (genuine[g] === distance) g++;
    while (impostor[i] === distance) i++;
    distances.push(distance);
    genuineCounts.push(g - g0);
    impostorCounts.push(i - i0);
    // pool while a block is not less likely than the one before it
    for (let last = distances.length - 1; last > 0; last--) {
      if (genuineCounts[last]! * impostorCounts[last - 1]! < genuineCounts[last - 1]! * impostorCounts[last]!) break;
      genuineCounts[last - 1]! += genuineCounts.pop()!;
      impostorCounts[last - 1]! += impostorCounts.pop()!;
      distances.pop();
    }
  }
  return {
    distances: Float64Array.from(distances),
    values: Float64Array.from(genuineCounts, (count, block) => {
      const forGenuine = count * impostor.length;
      return forGenuine / (forGenuine + impostorCounts[block]! * genuine.length);
    }),
  };
}

/** Probability of an isotonic curve at a distance. */
export function isotonicProbabilityAt({ distances, values }: IsotonicCurve, distance: number): number {
  let low = 0;
  let high = distances.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (distances[middle]! <= distance) low = middle + 1;
    else high = middle;
  }
  return values[Math.max(0, low - 1)]!;
}

/**
 * Cost of log-likelihood ratios in bits: `½ [mean_genuine log2(1 + e^−LLR) + mean_impostor log2(1 + e^LLR)]`. 0 = perfect,
 * 1 = no better than saying nothing, above 1 = misleading.
 *
 * @param genuine - Natural-log likelihood ratios; at equal odds the logit of the probability.
 * @throws {FaceError} `USAGE` when one kind is missing.
 * @see Brümmer and du Preez, Application-independent evaluation of speaker detection, 2006.
 */
export function logLikelihoodCost(genuine: ArrayLike<number>, impostor: ArrayLike<number>): number {
  if (genuine.length === 0 || impostor.length === 0) throw new FaceError('USAGE', 'Cllr needs pairs of both kinds.');
  let forGenuine = 0;
  let forImpostor = 0;
  for (let k = 0; k < genuine.length; k++) forGenuine += softplus(-genuine[k]!) / Math.LN2;
  for (let k = 0; k < impostor.length; k++) forImpostor += softplus(impostor[k]!) / Math.LN2;
  return (forGenuine / genuine.length + forImpostor / impostor.length) / 2;
}

/** {@link logLikelihoodCost} of a calibration on pairs that did not fail. */
export function calibrationCost({ genuine, impostor }: Scores, { slope, intercept }: Calibration): number {
  const ratio = (distance: number) => slope * distance + intercept;
  return logLikelihoodCost(genuine.filter(Number.isFinite).map(ratio), impostor.filter(Number.isFinite).map(ratio));
}

/** The least {@link logLikelihoodCost} that any falling curve reaches on these pairs: what discrimination alone costs. */
export function minLogLikelihoodCost(scores: Scores): number {
  const curve = fitIsotonic(scores);
  const ratio = (distance: number) => {
    const p = isotonicProbabilityAt(curve, distance);
    return Math.log(p / (1 - p));
  };
  const { genuine, impostor } = scores;
  return logLikelihoodCost(genuine.filter(Number.isFinite).map(ratio), impostor.filter(Number.isFinite).map(ratio));
}

/** `log(1 + e^x)` without overflow. */
function softplus(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return x;
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
