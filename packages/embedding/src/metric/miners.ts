import type { Random } from '@kith/core';
import { anchorsOf, assertMinable, nearestFirst } from './anchors.ts';
import type { DistanceTable } from './distances.ts';
import {
  anyNegative,
  hardNegative,
  type Rule,
  semiHardNegative,
  type Take,
  takeAll,
  takeOneAtRandom,
  violatingNegative,
} from './negatives.ts';
import { TripletList, type Triplets } from './triplets.ts';

export interface MinerOptions {
  /** In squared L2; the table's distance turns it into its own unit. */
  readonly marginSquaredL2?: number;
  /** Which of the fitting negatives of an anchor–positive pair to take: all are up to 120 million triplets of 1,800 faces. */
  readonly take?: Take;
}

export interface RandomMinerOptions extends Omit<MinerOptions, 'take'> {
  readonly random: Random;
}

/** Every triplet there is: each anchor–positive pair with each negative. */
export function allTriplets(
  distances: DistanceTable,
  labels: Int32Array,
  { take = takeAll }: Pick<MinerOptions, 'take'> = {},
): Triplets {
  return mine(distances, labels, { rule: anyNegative, marginSquaredL2: 0, take });
}

/**
 * Hard triplets: the negative is at least as near as the positive. From the start they lead to a collapse.
 *
 * @see Schroff et al., FaceNet, CVPR 2015, §3.2.
 */
export function hard(
  distances: DistanceTable,
  labels: Int32Array,
  { take = takeAll }: Pick<MinerOptions, 'take'> = {},
): Triplets {
  return mine(distances, labels, { rule: hardNegative, marginSquaredL2: 0, take });
}

/**
 * Semi-hard triplets: every anchor–positive pair with every negative that is farther than the positive, yet within the margin.
 *
 * @see Schroff et al., FaceNet, CVPR 2015, §3.2.
 */
export function semiHard(
  distances: DistanceTable,
  labels: Int32Array,
  { marginSquaredL2 = 0.2, take = takeAll }: MinerOptions = {},
): Triplets {
  return mine(distances, labels, { rule: semiHardNegative, marginSquaredL2, take });
}

/**
 * Every anchor–positive pair with one random negative that is nearer than the positive plus the margin; it may be nearer than the positive.
 *
 * This is what OpenFace and facenet do under the name of semi-hard mining.
 * @see Parkhi et al., Deep Face Recognition, BMVC 2015, §4.
 */
export function randomViolator(
  distances: DistanceTable,
  labels: Int32Array,
  { random, marginSquaredL2 = 0.2 }: RandomMinerOptions,
): Triplets {
  return mine(distances, labels, { rule: violatingNegative, marginSquaredL2, take: takeOneAtRandom(random) });
}

/**
 * One triplet an anchor: its farthest positive and its nearest negative; of those as far, the first.
 *
 * @see Hermans et al., In Defense of the Triplet Loss, arXiv 1703.07737, §2.
 */
export function batchHard(distances: DistanceTable, labels: Int32Array): Triplets {
  assertMinable(distances, labels);
  const triplets = new TripletList();
  for (const { row, positives, negatives } of anchorsOf(labels)) {
    const from = (other: number) => distances.values[row * distances.count + other]!;
    const farthest = positives.reduce((best, other) => (from(other) > from(best) ? other : best));
    const nearest = negatives.reduce((best, other) => (from(other) < from(best) ? other : best));
    triplets.add(row, farthest, nearest);
  }
  return triplets.finish();
}

interface Mining {
  readonly rule: Rule;
  readonly marginSquaredL2: number;
  readonly take: Take;
}

/** Sort each anchor's negatives once; every positive then takes a stretch of them. */
function mine(distances: DistanceTable, labels: Int32Array, { rule, marginSquaredL2, take }: Mining): Triplets {
  assertMinable(distances, labels);
  const margin = marginSquaredL2 * distances.distance.perSquaredL2;
  const triplets = new TripletList();
  for (const { row, positives, negatives } of anchorsOf(labels)) {
    const from = (other: number) => distances.values[row * distances.count + other]!;
    const sorted = nearestFirst(negatives, distances, row);
    const far = Float64Array.from(sorted, from);
    for (const positive of positives) {
      const { start, end } = take(rule(far, from(positive), margin));
      for (let position = start; position < end; position++) triplets.add(row, positive, sorted[position]!);
    }
  }
  return triplets.finish();
}
