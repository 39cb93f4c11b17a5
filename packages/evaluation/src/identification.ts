import { FaceError } from '@kith/core';

/**
 * Cumulative match characteristic: share of probes whose mate is among the `k` nearest, for k = 1 … `ranks`. Great = good.
 *
 * @param mateRanks - Rank of each probe's mate, counted from 1; an absent mate is +∞. Of {@link mateRank}.
 * @throws {FaceError} `USAGE` when there are no probes.
 * @see Phillips et al., FERET, 2000.
 */
export function cumulativeMatch(
  mateRanks: ArrayLike<number>,
  { ranks = 20 }: { readonly ranks?: number } = {},
): Float64Array {
  if (mateRanks.length === 0) throw new FaceError('USAGE', 'A CMC needs probes, got none.');
  const curve = new Float64Array(ranks);
  for (let p = 0; p < mateRanks.length; p++) {
    for (let k = Math.max(1, mateRanks[p]!); k <= ranks; k++) curve[k - 1] = curve[k - 1]! + 1;
  }
  return curve.map((count) => count / mateRanks.length);
}

/** Rank of the mate among all distances, from 1; ties count against it: it stands behind all that are as near. */
export function mateRank(mateDistance: number, otherDistances: ArrayLike<number>): number {
  let rank = 1;
  for (let i = 0; i < otherDistances.length; i++) if (otherDistances[i]! <= mateDistance) rank++;
  return rank;
}

/** A search for somebody who is enrolled. */
export interface MateSearch {
  /** Squared L2 to the probe's mate. */
  readonly distance: number;
  /** Of {@link mateRank}. */
  readonly rank: number;
}

/** Errors of an open-set 1:N search at one threshold. */
export interface OpenSetRates {
  /** False positive identification rate: share of searches for strangers that name somebody, 0–1. Small = good. */
  readonly fpir: number;
  /** False negative identification rate: share of searches for the enrolled that miss their mate, 0–1. Small = good. */
  readonly fnir: number;
}

/**
 * Error rates of 1:N searches where not everybody is enrolled; a mate counts when it is within the threshold and the rank.
 *
 * @param nonMateNearest - Distance of the nearest candidate, for each search for a stranger.
 * @throws {FaceError} `USAGE` when one kind of search is missing.
 * @see NIST FRTE 1:N, FPIR(N, T) and FNIR(N, R, T).
 */
export function openSetRates(
  mates: readonly MateSearch[],
  nonMateNearest: ArrayLike<number>,
  { threshold, maxRank = 1 }: { readonly threshold: number; readonly maxRank?: number },
): OpenSetRates {
  if (mates.length === 0 || nonMateNearest.length === 0) {
    throw new FaceError('USAGE', 'Open-set rates need searches for the enrolled and for strangers.');
  }
  const missed = mates.filter(({ distance, rank }) => distance > threshold || rank > maxRank).length;
  let named = 0;
  for (let p = 0; p < nonMateNearest.length; p++) if (nonMateNearest[p]! <= threshold) named++;
  return { fpir: named / nonMateNearest.length, fnir: missed / mates.length };
}
