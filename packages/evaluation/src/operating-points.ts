import { createRandom, FaceError } from '@kith/core';
import type { DecisionPoint, Interval } from './decision.ts';
import { type BootstrapOptions, percentileInterval, resampleIdentities, wilsonInterval } from './intervals.ts';
import type { AllPairs, PairDistances } from './pair-distances.ts';
import { resolvedErrors } from './rates.ts';
import { countAtMost } from './scores.ts';

/** False match rates a model is measured at. */
export const standardRates = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6] as const;

/** Measured thresholds, and the rates that the data cannot tell. */
export interface OperatingPoints {
  /** By falling rate. */
  readonly points: readonly DecisionPoint[];
  /** Rates for which fewer than ten false matches are expected; they have no point. */
  readonly unresolved: readonly number[];
}

/**
 * Find the threshold of each false match rate exactly, by order statistics over all impostor pairs, with the false non-match rate
 * there and 95 % intervals by resampling identities.
 *
 * @param rates - Falling, in (0, 1).
 * @throws {FaceError} `USAGE` when one kind of pair is missing.
 * @see Bolle et al., CVIU 2004, for the intervals.
 */
export function measureOperatingPoints(
  pairs: AllPairs,
  {
    rates = standardRates,
    replicates = 1000,
    seed = 1,
  }: { readonly rates?: readonly number[] } & BootstrapOptions = {},
): OperatingPoints {
  const { genuine, impostor } = pairs;
  if (genuine.distances.length === 0 || impostor.distances.length === 0) {
    throw new FaceError('USAGE', 'Operating points need pairs of both kinds.');
  }
  const impostorSorted = impostor.distances.slice().sort();
  const genuineSorted = genuine.distances.slice().sort();
  const resolved = rates.filter((rate) => rate * impostorSorted.length >= resolvedErrors - 1e-9);
  const thresholds = resolved.map((rate) => thresholdFor(impostorSorted, rate));
  const intervals = bootstrapRates(pairs, { thresholds, replicates, seed });
  const points = resolved.map((fmr, at): DecisionPoint => {
    const missed = genuineSorted.length - countAtMost(genuineSorted, thresholds[at]!);
    return {
      fmr,
      threshold: thresholds[at]!,
      fnmr: missed / genuineSorted.length,
      fmrInterval: intervals.fmr[at]!,
      // resampling cannot tell how rare an error is that never happened
      fnmrInterval: missed === 0 ? wilsonInterval(0, genuineSorted.length) : intervals.fnmr[at]!,
    };
  });
  return { points, unresolved: rates.filter((rate) => !resolved.includes(rate)) };
}

/**
 * The middle of the gap below the first impostor distance that may not be accepted, so that at most `rate` of them are.
 *
 * @param sorted - Impostor distances, ascending.
 */
export function thresholdFor(sorted: Float32Array | Float64Array, rate: number): number {
  const allowed = Math.floor(rate * sorted.length + 1e-9);
  const forbidden = sorted[Math.min(allowed, sorted.length - 1)]!;
  let accepted = allowed - 1;
  while (accepted >= 0 && sorted[accepted] === forbidden) accepted--;
  return accepted < 0 ? forbidden / 2 : (sorted[accepted]! + forbidden) / 2;
}

/** Intervals of both rates at each threshold, the thresholds falling. */
function bootstrapRates(
  { genuine, impostor, faces }: AllPairs,
  { thresholds, replicates, seed }: { readonly thresholds: readonly number[] } & Required<BootstrapOptions>,
): { readonly fmr: readonly Interval[]; readonly fnmr: readonly Interval[] } {
  const levels = thresholds.length;
  const identities = faces.length;
  const misses = genuineMisses(genuine, { thresholds, identities });
  const matches = falseMatches(impostor, thresholds);
  const fmr = thresholds.map(() => new Float64Array(replicates));
  const fnmr = thresholds.map(() => new Float64Array(replicates));
  const random = createRandom(seed);
  for (let round = 0; round < replicates; round++) {
    const weights = resampleIdentities(identities, random);
    // impostor pairs: those within each threshold over all of different people, (Σwf)² − Σ(wf)² halved
    const accepted = new Float64Array(levels);
    for (let k = 0; k < matches.one.length; k++) {
      accepted[matches.level[k]!]! += weights[matches.one[k]!]! * weights[matches.other[k]!]!;
    }
    let [sum, squares, genuineTotal] = [0, 0, 0];
    const missed = new Float64Array(levels);
    for (let i = 0; i < identities; i++) {
      const drawn = weights[i]!;
      sum += drawn * faces[i]!;
      squares += (drawn * faces[i]!) ** 2;
      genuineTotal += drawn * misses.pairs[i]!;
      for (let level = 0; level < levels; level++) missed[level]! += drawn * misses.missed[i * levels + level]!;
    }
    for (let level = levels - 1, within = 0; level >= 0; level--) {
      within += accepted[level]!;
      fmr[level]![round] = within / ((sum * sum - squares) / 2);
      fnmr[level]![round] = missed[level]! / genuineTotal;
    }
  }
  // a draw without pairs of a kind says nothing of that kind
  const interval = (rates: Float64Array) => percentileInterval(rates.filter(Number.isFinite));
  return { fmr: fmr.map(interval), fnmr: fnmr.map(interval) };
}

/** Genuine pairs of each identity, and how many of them each threshold rejects. Shapes `[identities]`, `[identities, levels]`. */
function genuineMisses(
  { distances, one }: PairDistances,
  { thresholds, identities }: { readonly thresholds: readonly number[]; readonly identities: number },
) {
  const pairs = new Uint32Array(identities);
  const missed = new Uint32Array(identities * thresholds.length);
  for (let k = 0; k < distances.length; k++) {
    pairs[one[k]!]!++;
    for (let level = 0; level < thresholds.length; level++) {
      if (distances[k]! > thresholds[level]!) missed[one[k]! * thresholds.length + level]!++;
    }
  }
  return { pairs, missed };
}

/** The impostor pairs that the loosest threshold accepts, each with the strictest level that still does. */
function falseMatches({ distances, one, other }: PairDistances, thresholds: readonly number[]) {
  const loosest = thresholds[0] ?? Number.NEGATIVE_INFINITY;
  let count = 0;
  for (let k = 0; k < distances.length; k++) if (distances[k]! <= loosest) count++;
  const matches = { one: new Int32Array(count), other: new Int32Array(count), level: new Uint8Array(count) };
  for (let k = 0, m = 0; k < distances.length; k++) {
    if (distances[k]! > loosest) continue;
    matches.one[m] = one[k]!;
    matches.other[m] = other[k]!;
    matches.level[m++] = thresholds.findLastIndex((threshold) => distances[k]! <= threshold);
  }
  return matches;
}
