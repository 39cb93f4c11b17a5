import { assertScores, countAtMost, type Scores } from './scores.ts';

/** Error rates of a 1:1 comparison at one threshold; accepted when `distance <= threshold`. */
export interface RatePoint {
  /** Squared L2; −∞ where nothing but failed impostor pairs is accepted. */
  readonly threshold: number;
  /** False match rate: share of impostor pairs accepted, 0–1. Small = good. */
  readonly fmr: number;
  /** False non-match rate: share of genuine pairs rejected, 0–1. Small = good. */
  readonly fnmr: number;
}

/** The true accept rate where a false accept rate is held. */
export interface TarAtFar {
  /** The false accept rate to hold, in (0, 1). */
  readonly far: number;
  /** Share of genuine pairs accepted at the threshold, 0–1. Great = good. 0 where no threshold holds the rate. */
  readonly tar: number;
  /** The greatest distance that may be accepted; −∞ where no threshold holds the rate. */
  readonly threshold: number;
  /** Whether at least ten false accepts are expected among the impostor pairs, without which the number is a matter of luck. */
  readonly resolved: boolean;
}

/** False accepts needed before a rate is said to be resolved. @see NIST: only where N·FMR ≥ 10. */
export const resolvedErrors = 10;

/** Share of impostor pairs accepted at a threshold, 0–1. */
export function falseMatchRate({ impostor }: Scores, threshold: number): number {
  return countAtMost(impostor, threshold) / impostor.length;
}

/** Share of genuine pairs rejected at a threshold, 0–1. */
export function falseNonMatchRate({ genuine }: Scores, threshold: number): number {
  return 1 - countAtMost(genuine, threshold) / genuine.length;
}

/**
 * Every point of the ROC and DET: one for "accept nothing" and one for each distinct distance, by rising threshold. ROC plots
 * `1 − fnmr` over `fmr`, DET `fnmr` over `fmr`.
 *
 * @throws {FaceError} `USAGE` when one kind of pair is missing.
 */
export function errorCurve(scores: Scores): readonly RatePoint[] {
  assertScores(scores);
  const { genuine, impostor } = scores;
  const points: RatePoint[] = [];
  let g = 0;
  let i = countAtMost(impostor, Number.NEGATIVE_INFINITY);
  const push = (threshold: number) =>
    points.push({ threshold, fmr: i / impostor.length, fnmr: (genuine.length - g) / genuine.length });
  push(Number.NEGATIVE_INFINITY);
  for (;;) {
    const threshold = Math.min(genuine[g] ?? Number.POSITIVE_INFINITY, impostor[i] ?? Number.POSITIVE_INFINITY);
    if (threshold === Number.POSITIVE_INFINITY) return points;
    while (genuine[g] === threshold) g++;
    while (impostor[i] === threshold) i++;
    push(threshold);
  }
}

/**
 * Equal error rate: where FMR and FNMR cross, by linear interpolation between the two points around. 0–1, small = good.
 *
 * @throws {FaceError} `USAGE` when one kind of pair is missing.
 */
export function equalErrorRate(scores: Scores): number {
  const points = errorCurve(scores);
  const next = points.findIndex(({ fmr, fnmr }) => fmr >= fnmr);
  const after = points[next]!;
  const before = points[next - 1] ?? after;
  const gapBefore = before.fnmr - before.fmr;
  const gapAfter = after.fmr - after.fnmr;
  const share = gapBefore + gapAfter === 0 ? 0 : gapBefore / (gapBefore + gapAfter);
  return before.fmr + share * (after.fmr - before.fmr);
}

/**
 * Area under the ROC: the chance that a genuine pair is nearer than an impostor pair, ties ½. 0–1, great = good, ½ = chance.
 *
 * @throws {FaceError} `USAGE` when one kind of pair is missing.
 * @see Mann and Whitney 1947; Hanley and McNeil 1982.
 */
export function areaUnderRoc(scores: Scores): number {
  assertScores(scores);
  const { genuine, impostor } = scores;
  let won = 0;
  let below = 0;
  let upTo = 0;
  for (const distance of genuine) {
    while (below < impostor.length && impostor[below]! < distance) below++;
    while (upTo < impostor.length && impostor[upTo]! <= distance) upTo++;
    won += impostor.length - upTo + (upTo - below) / 2;
  }
  return won / (genuine.length * impostor.length);
}

/**
 * The largest true accept rate among thresholds whose false accept rate is at most `far`; failures count as in {@link Scores}.
 *
 * @throws {FaceError} `USAGE` when one kind of pair is missing.
 */
export function tarAtFar(scores: Scores, far: number): TarAtFar {
  assertScores(scores);
  const { genuine, impostor } = scores;
  // the first impostor that may not be accepted; the accepted genuine ones are nearer
  const allowed = Math.floor(far * impostor.length + 1e-9);
  const forbidden = impostor[allowed] ?? Number.POSITIVE_INFINITY;
  const accepted = countBelow(genuine, forbidden);
  const nearest = Math.max(genuine[accepted - 1] ?? Number.NEGATIVE_INFINITY, nearestBelow(impostor, forbidden));
  return {
    far,
    tar: accepted / genuine.length,
    threshold: nearest,
    resolved: far * impostor.length >= resolvedErrors - 1e-9,
  };
}

/**
 * Decidability `d' = |μg − μi| / √((σg² + σi²) / 2)` over the pairs that did not fail. ≥ 0, great = good; not finite where
 * there is no spread, as among one pair of each kind.
 *
 * @see Daugman 2000.
 */
export function decidability({ genuine, impostor }: Scores): number {
  const g = momentsOf(genuine.filter(Number.isFinite));
  const i = momentsOf(impostor.filter(Number.isFinite));
  return Math.abs(g.mean - i.mean) / Math.sqrt((g.variance + i.variance) / 2);
}

function countBelow(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nearestBelow(values: Float64Array, limit: number): number {
  return values[countBelow(values, limit) - 1] ?? Number.NEGATIVE_INFINITY;
}

function momentsOf(values: Float64Array): { readonly mean: number; readonly variance: number } {
  let mean = 0;
  let squares = 0;
  let count = 0;
  for (const value of values) {
    const step = value - mean;
    mean += step / ++count;
    squares += step * (value - mean);
  }
  return { mean, variance: squares / count };
}
