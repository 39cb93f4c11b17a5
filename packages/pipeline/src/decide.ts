import type { OperatingPoint, Verification } from '@kith/core';
import { type Calibration, heldRate, operatingPointAt, perComparisonRate, probabilityAt } from '@kith/evaluation';
import type { MeasuredModel } from './models/index.ts';

/** Below this, and above 1 less this, no calibration data tells a probability. */
const leastProbability = 0.0001;

/** The threshold that holds a rate over several comparisons at once. */
export interface HeldThreshold {
  /** False match rate that each single comparison may have for the asked rate. */
  readonly asked: number;
  /** Point of each single comparison. */
  readonly operatingPoint: OperatingPoint;
  /** Rate that all comparisons together hold: FMR of a verification, FPIR of an identification. */
  readonly held: number;
  /** False where the asked rate is smaller than the model's data can tell: the strictest measured threshold is used. */
  readonly resolved: boolean;
}

/** A 1:1 answer with the rate it holds as a whole. */
export interface Decision extends Verification, HeldThreshold {}

/** Find the threshold for a rate over so many comparisons. */
export function thresholdFor(
  { decisions }: Pick<MeasuredModel, 'decisions'>,
  rate: number,
  { comparisons = 1 }: { readonly comparisons?: number } = {},
): HeldThreshold {
  const asked = perComparisonRate(rate, comparisons);
  const { resolved, ...operatingPoint } = operatingPointAt(decisions, asked);
  return { asked, operatingPoint, held: heldRate(operatingPoint.fmr, comparisons), resolved };
}

/** Probability of one person as an answer tells it: four decimals, in [0.0001, 0.9999]. */
export function answerProbability(calibration: Calibration, distance: number): number {
  const probability = Number(probabilityAt(calibration, distance).toFixed(4));
  return Math.min(1 - leastProbability, Math.max(leastProbability, probability));
}

/**
 * Decide a 1:1 question.
 *
 * @param distance - Squared L2 to the nearest of the subject's faces.
 */
export function decide(
  { decisions, space }: Pick<MeasuredModel, 'decisions' | 'space'>,
  distance: number,
  { rate, comparisons = 1 }: { readonly rate: number; readonly comparisons?: number },
): Decision {
  const threshold = thresholdFor({ decisions }, rate, { comparisons });
  return {
    accepted: distance <= threshold.operatingPoint.threshold,
    distance,
    probability: answerProbability(decisions.calibration, distance),
    space,
    ...threshold,
  };
}
