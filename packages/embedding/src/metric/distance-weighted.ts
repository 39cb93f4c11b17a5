import { FaceError, type Random } from '@kith/core';
import { anchorsOf, assertMinable } from './anchors.ts';
import type { DistanceTable } from './distances.ts';
import { firstAtLeast } from './negatives.ts';
import { TripletList, type Triplets } from './triplets.ts';

export interface SpreadOptions {
  /** Components of an embedding. */
  readonly dimension: number;
  /** Negatives nearer than this weigh no more than at it: noise is not drawn ever again. Not squared. */
  readonly leastL2?: number;
  /** Negatives farther than this are not drawn: they have no loss left. Not squared. */
  readonly mostL2?: number;
}

export interface DistanceWeightedOptions extends SpreadOptions {
  readonly random: Random;
}

/**
 * Log of a negative's weight, `1 / q(d)`, with `q(d) = d^(k−2) (1 − d²/4)^((k−3)/2)`: how often two random points of the
 * unit sphere in k dimensions are d apart. Weighted so, negatives are drawn evenly over all distances.
 *
 * @param squared - Squared L2 from the anchor.
 * @returns −∞ where nothing is drawn.
 * @see Wu et al., Sampling Matters in Deep Embedding Learning, ICCV 2017, §3.
 */
export function logDistanceWeight(squared: number, { dimension, leastL2 = 0.5, mostL2 = 1.4 }: SpreadOptions): number {
  if (squared > mostL2 ** 2) return Number.NEGATIVE_INFINITY;
  const clipped = Math.max(squared, leastL2 ** 2);
  return -((dimension - 2) / 2) * Math.log(clipped) - ((dimension - 3) / 2) * Math.log(1 - clipped / 4);
}

/**
 * Every anchor–positive pair with one negative, drawn evenly over the distances instead of over the negatives.
 * An anchor whose negatives are all too far gives no triplet.
 *
 * @throws {FaceError} `USAGE` unless `0 < leastL2 ≤ mostL2 < 2`.
 * @see Wu et al., Sampling Matters in Deep Embedding Learning, ICCV 2017, §3.
 */
export function distanceWeighted(
  distances: DistanceTable,
  labels: Int32Array,
  { random, dimension, leastL2 = 0.5, mostL2 = 1.4 }: DistanceWeightedOptions,
): Triplets {
  assertMinable(distances, labels);
  if (!(leastL2 > 0 && leastL2 <= mostL2 && mostL2 < 2)) {
    throw new FaceError('USAGE', `Distances to draw from need 0 < least ≤ most < 2, got ${leastL2} and ${mostL2}.`);
  }
  const { perSquaredL2 } = distances.distance;
  const triplets = new TripletList();
  for (const { row, positives, negatives } of anchorsOf(labels)) {
    const logs = Float64Array.from(negatives, (other) => {
      const squared = distances.values[row * distances.count + other]! / perSquaredL2;
      return logDistanceWeight(squared, { dimension, leastL2, mostL2 });
    });
    const sums = cumulativeWeights(logs);
    const total = sums.at(-1)!;
    if (total === 0) continue;
    for (const positive of positives) {
      // 1 − random() lies in (0, 1], so a negative without weight is never the first to reach it
      triplets.add(row, positive, negatives[firstAtLeast(sums, (1 - random()) * total)]!);
    }
  }
  return triplets.finish();
}

/** Running sums of weights, the greatest scaled to 1 so that none overflows; all 0 where every log is −∞. */
function cumulativeWeights(logs: Float64Array): Float64Array {
  const greatest = logs.reduce((most, log) => Math.max(most, log), Number.NEGATIVE_INFINITY);
  let sum = 0;
  return logs.map((log) => {
    if (log > Number.NEGATIVE_INFINITY) sum += Math.exp(log - greatest);
    return sum;
  });
}
