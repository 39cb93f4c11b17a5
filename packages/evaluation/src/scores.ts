import { FaceError } from '@kith/core';

/** A pair with what was measured for it. */
export interface ScoredPair {
  readonly same: boolean;
  /** Squared L2, in [0, 4]; absent where a face was not found in one of the photos. */
  readonly distance?: number;
}

/**
 * Distances by kind, each ascending. A failed pair is an error whatever its label: a failed genuine pair stands at +∞, rejected
 * at every threshold, and a failed impostor pair at −∞, accepted at every threshold; so every rate counts them with no more ado.
 */
export interface Scores {
  readonly genuine: Float64Array;
  readonly impostor: Float64Array;
}

/** Collect the distances of pairs, failures at ±∞ as {@link Scores} says. */
export function scoresOf(pairs: readonly ScoredPair[]): Scores {
  const of = (same: boolean, failed: number) =>
    Float64Array.from(
      pairs.filter((pair) => pair.same === same),
      ({ distance }) => distance ?? failed,
    ).sort();
  return { genuine: of(true, Number.POSITIVE_INFINITY), impostor: of(false, Number.NEGATIVE_INFINITY) };
}

/**
 * Sort distances into {@link Scores}; the arguments stay as they are.
 *
 * @throws {FaceError} `USAGE` when one kind is missing or a distance is not a number.
 */
export function toScores(genuine: ArrayLike<number>, impostor: ArrayLike<number>): Scores {
  const scores = { genuine: Float64Array.from(genuine).sort(), impostor: Float64Array.from(impostor).sort() };
  assertScores(scores);
  return scores;
}

/** @throws {FaceError} `USAGE` when one kind is missing or a distance is not a number. */
export function assertScores({ genuine, impostor }: Scores): void {
  if (genuine.length === 0 || impostor.length === 0) {
    throw new FaceError(
      'USAGE',
      `Error rates need pairs of both kinds, got ${genuine.length} genuine and ${impostor.length} impostor ones.`,
    );
  }
  // typed arrays sort NaN last
  if (Number.isNaN(genuine.at(-1)) || Number.isNaN(impostor.at(-1))) {
    throw new FaceError('USAGE', 'A distance is not a number.');
  }
}

/** How many of ascending `values` are at most `limit`. */
export function countAtMost(values: Float64Array | Float32Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
