import { FaceError } from '@kith/core';

/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  /** Mean stated probability, 0–1. */
  readonly stated: number;
  /** Share that are one person, 0–1, at equal odds. */
  readonly observed: number;
  /** Share of the weight in this bin; all bins add up to 1. */
  readonly weight: number;
  readonly pairs: number;
}

/** How well stated probabilities match what happened; each kind of pair has half of the weight. */
export interface Reliability {
  /** By rising probability, of equal weight as far as ties allow. */
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error `Σ weight · |observed − stated|`, 0–1. Small = good. */
  readonly ece: number;
  /** Mean squared difference between probability and truth, 0–1. Small = good; always saying ½ gives ¼. */
  readonly brier: number;
}

/**
 * Compare stated probabilities with the truth, at equal odds.
 *
 * @param genuine - Probabilities stated for genuine pairs, 0–1.
 * @param impostor - And for impostor pairs.
 * @throws {FaceError} `USAGE` when one kind is missing.
 * @see Guo et al., On calibration of modern neural networks, ICML 2017; Brier 1950.
 */
export function measureReliability(
  genuine: ArrayLike<number>,
  impostor: ArrayLike<number>,
  { bins = 15 }: { readonly bins?: number } = {},
): Reliability {
  if (genuine.length === 0 || impostor.length === 0)
    throw new FaceError('USAGE', 'Reliability needs both kinds of pairs.');
  const yes = Float64Array.from(genuine).sort();
  const no = Float64Array.from(impostor).sort();
  const [yesWeight, noWeight] = [0.5 / yes.length, 0.5 / no.length];
  const filled: ReliabilityBin[] = [];
  let [y, n, done] = [0, 0, 0];
  let open = { yes: 0, no: 0, stated: 0 };
  let brier = 0;
  while (y < yes.length || n < no.length) {
    // all of one probability go into one bin
    const p = Math.min(yes[y] ?? Number.POSITIVE_INFINITY, no[n] ?? Number.POSITIVE_INFINITY);
    const [y0, n0] = [y, n];
    while (yes[y] === p) y++;
    while (no[n] === p) n++;
    const weight = (y - y0) * yesWeight + (n - n0) * noWeight;
    open = { yes: open.yes + y - y0, no: open.no + n - n0, stated: open.stated + weight * p };
    brier += (y - y0) * yesWeight * (1 - p) ** 2 + (n - n0) * noWeight * p ** 2;
    done += weight;
    if (done >= (filled.length + 1) / bins - 1e-12 || (y === yes.length && n === no.length)) {
      const total = open.yes * yesWeight + open.no * noWeight;
      filled.push({
        stated: open.stated / total,
        observed: (open.yes * yesWeight) / total,
        weight: total,
        pairs: open.yes + open.no,
      });
      open = { yes: 0, no: 0, stated: 0 };
    }
  }
  const ece = filled.reduce((sum, { weight, observed, stated }) => sum + weight * Math.abs(observed - stated), 0);
  return { bins: filled, ece, brier };
}
