import { type EmbeddingSpace, FaceError, type OperatingPoint } from '@kith/core';

/** A pair of rates, lower then upper: a 95 % interval. */
export type Interval = readonly [lower: number, upper: number];

/** One threshold of a {@link DecisionTable} with the rates measured for it. Accept when `distance <= threshold`. */
export interface DecisionPoint {
  /** False match rate that the threshold was chosen for and does not exceed on the data, in (0, 1). */
  readonly fmr: number;
  /** Squared L2, in [0, 4]. */
  readonly threshold: number;
  /** False non-match rate measured at the threshold, in [0, 1]. */
  readonly fnmr: number;
  /** 95 %, by resampling identities. */
  readonly fmrInterval: Interval;
  /** 95 %, by resampling identities. */
  readonly fnmrInterval: Interval;
}

/** A logistic curve from distance to probability: `P = 1 / (1 + exp(−(slope·d + intercept)))`. */
export interface Calibration {
  /** Below 0: the farther, the less likely one person. */
  readonly slope: number;
  readonly intercept: number;
}

/** Everything a model knows about its error rates, and how that was found out; stored as JSON beside the model. */
export interface DecisionTable {
  readonly space: EmbeddingSpace;
  /** Data and protocol, for people to read. */
  readonly measuredOn: string;
  /** The command that made the table. */
  readonly command: string;
  /** Day of the measurement, `YYYY-MM-DD`. */
  readonly date: string;
  readonly images: number;
  readonly identities: number;
  /** Images in which no face was found; they are in none of the pairs. */
  readonly failuresToEnroll: number;
  readonly genuinePairs: number;
  readonly impostorPairs: number;
  /** By falling `fmr`, thus by falling threshold. */
  readonly points: readonly DecisionPoint[];
  /** Fitted at equal odds. */
  readonly calibration: Calibration;
}

/** A threshold for an asked false match rate, and whether the data reach down to that rate. */
export interface ResolvedOperatingPoint extends OperatingPoint {
  /** False where the asked rate lies below the smallest measured one: the strictest measured point is given. */
  readonly resolved: boolean;
}

/**
 * The false match rate each comparison may have so that all of them together keep to `rate`: `1 − (1 − rate)^(1/comparisons)`.
 *
 * Exact for independent comparisons, and on the safe side for those that hang together, as of one subject's photos.
 *
 * @param rate - Rate to hold as a whole, in (0, 1).
 * @param comparisons - Faces compared with, at least 1.
 * @throws {FaceError} `USAGE` when an argument is out of range.
 * @see NIST FRTE 1:N, relation of FPIR to FMR.
 */
export function perComparisonRate(rate: number, comparisons: number): number {
  assertRate(rate);
  assertComparisons(comparisons);
  return -Math.expm1(Math.log1p(-rate) / comparisons);
}

/**
 * The rate at which at least one of `comparisons` independent comparisons is falsely accepted: `1 − (1 − p)^n`.
 *
 * @param perComparison - False match rate of each, in (0, 1).
 * @throws {FaceError} `USAGE` when an argument is out of range.
 */
export function heldRate(perComparison: number, comparisons: number): number {
  assertRate(perComparison);
  assertComparisons(comparisons);
  return -Math.expm1(Math.log1p(-perComparison) * comparisons);
}

/**
 * The threshold that holds a false match rate: linear between measured points in `log fmr`, so it never rises as the rate falls.
 *
 * Above the largest measured rate it is that rate's threshold, stricter than asked; below the smallest it is the strictest
 * one, which does *not* hold the asked rate, and `resolved` says so.
 *
 * @param fmr - False match rate of one comparison, in (0, 1).
 * @throws {FaceError} `USAGE` when the rate is out of range.
 */
export function operatingPointAt(
  { points, measuredOn }: Pick<DecisionTable, 'points' | 'measuredOn'>,
  fmr: number,
): ResolvedOperatingPoint {
  assertRate(fmr);
  const next = points.findIndex((point) => point.fmr <= fmr);
  const strictest = points.at(-1);
  if (strictest === undefined) throw new FaceError('USAGE', 'A decision table needs at least one point, got none.');
  if (next < 0) return asOperatingPoint(strictest, { measuredOn, resolved: false });
  const below = points[next]!;
  const above = points[next - 1];
  if (above === undefined) return asOperatingPoint(below, { measuredOn, resolved: true });
  const share = Math.log(fmr / below.fmr) / Math.log(above.fmr / below.fmr);
  const between = (from: number, to: number) => from + share * (to - from);
  return {
    fmr,
    threshold: between(below.threshold, above.threshold),
    fnmr: between(below.fnmr, above.fnmr),
    measuredOn,
    resolved: true,
  };
}

/**
 * Probability that two faces are one person, at equal odds before the comparison. In (0, 1), falling with distance.
 *
 * @param distance - Squared L2, in [0, 4].
 */
export function probabilityAt({ slope, intercept }: Calibration, distance: number): number {
  return 1 / (1 + Math.exp(-(slope * distance + intercept)));
}

function asOperatingPoint(
  { fmr, threshold, fnmr }: DecisionPoint,
  { measuredOn, resolved }: Pick<ResolvedOperatingPoint, 'measuredOn' | 'resolved'>,
): ResolvedOperatingPoint {
  return { fmr, threshold, fnmr, measuredOn, resolved };
}

function assertRate(rate: number): void {
  if (!(rate > 0 && rate < 1)) throw new FaceError('USAGE', `A rate lies between 0 and 1, got ${rate}.`);
}

function assertComparisons(comparisons: number): void {
  if (!Number.isInteger(comparisons) || comparisons < 1) {
    throw new FaceError('USAGE', `The number of comparisons is a whole number of at least 1, got ${comparisons}.`);
  }
}
