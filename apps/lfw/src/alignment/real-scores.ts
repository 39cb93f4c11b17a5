import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '@kith/core';
import {
  allPairs,
  bestThreshold,
  countAtMost,
  evaluatePairs,
  falseMatchRate,
  falseNonMatchRate,
  resampleIdentities,
  type ScoredPair,
  type Scores,
  scoresOf,
  tarAtFar,
  toScores,
} from '@kith/evaluation';
import type { PhotoPair } from './pose-pairs.ts';

/** A figure and its standard error. */
export interface Measured {
  readonly value: number;
  readonly standardError: number;
}

/** What a network does with one way of alignment. All shares are 0–1. */
export interface RealFigures {
  /** View 1: threshold from pairsDevTrain, accuracy on pairsDevTest. */
  readonly view1: Measured & { readonly threshold: number };
  /** Every pair of View 1's photos. */
  readonly allPairs: {
    readonly equalErrorRate: number;
    /** TAR at FAR 1e-2 and 1e-3; the standard error by resampling people. */
    readonly tarAt1e2: Measured;
    readonly tarAt1e3: Measured;
  };
  /** Pairs whose yaws differ much, at View 1's threshold and at their own. */
  readonly posePairs: {
    readonly accuracy: Measured;
    readonly equalErrorRate: number;
    /** TAR at FAR 1e-2, the threshold being that of all pairs. */
    readonly tar: Measured;
  };
}

export interface RealProtocol {
  readonly train: readonly PhotoPair[];
  readonly test: readonly PhotoPair[];
  readonly pose: readonly PhotoPair[];
  /** Person of each photo, as an index from 0. Shape `[photos]`. */
  readonly identities: Int32Array;
  /** Person of each photo without a face; its pairs are errors all. */
  readonly lost: readonly number[];
}

const replicates = 300;

/**
 * Measure embeddings by all protocols.
 *
 * @param values - Unit vectors. Shape `[photos, dimension]`.
 */
export function scoreEmbeddings(
  values: Float32Array,
  { train, test, pose, identities, lost }: RealProtocol,
): RealFigures {
  const scored = (pairs: readonly PhotoPair[]) => pairs.map((pair) => scorePair(values, pair, identities.length));
  const { threshold } = bestThreshold(scoresOf(scored(train)));
  const ofList = (pairs: readonly ScoredPair[]): Measured => {
    const { accuracy, standardError } = evaluatePairs(
      pairs.map((pair) => ({ ...pair, fold: 0 })),
      { threshold },
    );
    return { value: accuracy, standardError };
  };
  const { genuine, impostor } = allPairs(values, identities);
  const failed = failedPairs(identities, lost);
  const scores = toScores(
    [...genuine.distances, ...new Array<number>(failed.genuine).fill(Number.POSITIVE_INFINITY)],
    withFailures(impostor.distances, failed.impostor),
  );
  const tarAt = (far: number): Measured => {
    const { tar, threshold: held } = tarAtFar(scores, far);
    const accepted = genuine.distances.map((distance) => (distance <= held ? 1 : 0));
    return { value: tar, standardError: errorByPerson(accepted, genuine.one) };
  };
  const posed = scored(pose);
  const posedScores = scoresOf(posed);
  const held = tarAtFar(scores, 1e-2).threshold;
  const tar = countAtMost(posedScores.genuine, held) / posedScores.genuine.length;
  return {
    view1: { ...ofList(scored(test)), threshold },
    allPairs: { equalErrorRate: crossing(scores), tarAt1e2: tarAt(1e-2), tarAt1e3: tarAt(1e-3) },
    posePairs: {
      accuracy: ofList(posed),
      equalErrorRate: crossing(posedScores),
      tar: {
        value: tar,
        standardError: errorByPerson(
          posed.filter(({ same }) => same).map(({ distance }) => (distance! <= held ? 1 : 0)),
          pose.filter(({ same }) => same).map(({ one }) => identities[one]!),
        ),
      },
    },
  };
}

/** Impostor distances with those of failed pairs, accepted always. */
function withFailures(distances: Float32Array, failures: number): Float64Array {
  const all = new Float64Array(distances.length + failures).fill(Number.NEGATIVE_INFINITY);
  all.set(distances);
  return all;
}

/** Pairs that a photo without a face is in. */
function failedPairs(identities: Int32Array, lost: readonly number[]) {
  let [genuine, impostor] = [0, 0];
  lost.forEach((person, i) => {
    const others = [...identities, ...lost.slice(0, i)];
    const same = others.filter((other) => other === person).length;
    genuine += same;
    impostor += others.length - same;
  });
  return { genuine, impostor };
}

/** Figures from the cache, or measured and kept; the name says of which embeddings and protocol. */
export function readScores(
  { cache, key, protocol }: { readonly cache: string; readonly key: string; readonly protocol: RealProtocol },
  measure: () => RealFigures,
): RealFigures {
  const hash = createHash('sha256')
    .update(`${key} ${JSON.stringify(protocol)}`)
    .digest('hex')
    .slice(0, 16);
  const file = join(cache, `scores-${hash}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as RealFigures;
  const figures = measure();
  writeFileSync(file, JSON.stringify(figures));
  return figures;
}

/** The average of two embeddings a photo: their sum, scaled to length 1. */
export function averageEmbeddings(one: Float32Array, other: Float32Array, dimension: number): Float32Array {
  const sum = one.map((value, i) => value + other[i]!);
  for (let row = 0; row < sum.length; row += dimension) {
    const vector = sum.subarray(row, row + dimension);
    const length = Math.hypot(...vector);
    for (let k = 0; k < dimension; k++) vector[k]! /= length;
  }
  return sum;
}

function scorePair(values: Float32Array, { one, other, same }: PhotoPair, photos: number): ScoredPair {
  const dimension = values.length / photos;
  // a face that was not found
  if (one < 0 || other < 0) return { same };
  let distance = 0;
  for (let k = 0; k < dimension; k++) {
    distance += (values[one * dimension + k]! - values[other * dimension + k]!) ** 2;
  }
  return { same, distance };
}

/** The equal error rate by halving, which millions of pairs take no list of points for. */
function crossing(scores: Scores): number {
  let [low, high] = [0, 4];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (falseMatchRate(scores, middle) < falseNonMatchRate(scores, middle)) low = middle;
    else high = middle;
  }
  return (falseMatchRate(scores, high) + falseNonMatchRate(scores, high)) / 2;
}

/** The standard error of a share of accepted pairs, by resampling people. */
function errorByPerson(accepted: ArrayLike<number>, people: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < people.length; i++) count = Math.max(count, people[i]! + 1);
  const sums = new Float64Array(count);
  const totals = new Float64Array(count);
  for (let i = 0; i < accepted.length; i++) {
    sums[people[i]!]! += accepted[i]!;
    totals[people[i]!]!++;
  }
  const random = createRandom(1);
  const shares = Array.from({ length: replicates }, () => {
    const weights = resampleIdentities(count, random);
    let [sum, total] = [0, 0];
    for (let person = 0; person < count; person++) {
      sum += weights[person]! * sums[person]!;
      total += weights[person]! * totals[person]!;
    }
    return sum / total;
  });
  const mean = shares.reduce((sum, share) => sum + share, 0) / replicates;
  return Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (replicates - 1));
}
