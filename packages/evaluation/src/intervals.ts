import { createRandom, FaceError, type Random, randomInteger } from '@kith/core';
import type { Interval } from './decision.ts';

/** Standard normal quantile of a two-sided 95 % interval. */
const z95 = 1.959963984540054;

/**
 * Wilson's 95 % interval for `errors` of `trials` independent trials; within [0, 1], and sound at 0 errors.
 *
 * @see Wilson 1927.
 */
export function wilsonInterval(errors: number, trials: number, { z = z95 }: { readonly z?: number } = {}): Interval {
  if (!(trials > 0 && errors >= 0 && errors <= trials)) {
    throw new FaceError('USAGE', `An interval needs 0 ≤ errors ≤ trials and a trial, got ${errors} of ${trials}.`);
  }
  const scale = trials + z * z;
  const centre = (errors + (z * z) / 2) / scale;
  const half = (z * Math.sqrt((errors * (trials - errors)) / trials + (z * z) / 4)) / scale;
  return [errors === 0 ? 0 : Math.max(0, centre - half), errors === trials ? 1 : Math.min(1, centre + half)];
}

/** Draw as many identities as there are, with replacement. @returns How often each was drawn. Shape `[identities]`. */
export function resampleIdentities(identities: number, random: Random): Uint32Array {
  const weights = new Uint32Array(identities);
  for (let i = 0; i < identities; i++) {
    const drawn = randomInteger(random, identities);
    weights[drawn] = weights[drawn]! + 1;
  }
  return weights;
}

/** Trials that belong to one identity (genuine) or two (impostor). */
export interface IdentityTrial {
  readonly one: number;
  readonly other: number;
  readonly error: boolean;
}

export interface BootstrapOptions {
  readonly replicates?: number;
  readonly seed?: number;
}

/**
 * A 95 % percentile interval for the share of errors, resampling identities, since pairs that share a person are not
 * independent: a genuine pair counts as often as its identity was drawn, an impostor pair as often as both together.
 *
 * @param trials - Identities as indices from 0.
 * @throws {FaceError} `USAGE` when there are no trials.
 * @see Bolle et al., Error analysis of pattern recognition systems: the subsets bootstrap, CVIU 2004.
 */
export function bootstrapByIdentity(
  trials: readonly IdentityTrial[],
  { replicates = 1000, seed = 1 }: BootstrapOptions = {},
): Interval {
  if (trials.length === 0) throw new FaceError('USAGE', 'A bootstrap needs at least one trial, got none.');
  const identities = 1 + trials.reduce((most, { one, other }) => Math.max(most, one, other), 0);
  const random = createRandom(seed);
  const rates: number[] = [];
  for (let round = 0; round < replicates; round++) {
    const weights = resampleIdentities(identities, random);
    let errors = 0;
    let total = 0;
    for (const { one, other, error } of trials) {
      const weight = one === other ? weights[one]! : weights[one]! * weights[other]!;
      total += weight;
      if (error) errors += weight;
    }
    if (total > 0) rates.push(errors / total);
  }
  return percentileInterval(Float64Array.from(rates));
}

/** The middle 95 % of values, by linear interpolation between order statistics. */
export function percentileInterval(values: Float64Array): Interval {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const low = sorted[below]!;
    return low + (place - below) * ((sorted[below + 1] ?? low) - low);
  };
  return [at(0.025), at(0.975)];
}
