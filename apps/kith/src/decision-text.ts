import { type Box, boxSize, formatSpace } from '@kith/core';
import type { Decision, HeldThreshold } from '@kith/pipeline';
import type { Output } from './output.ts';

/** A distance, threshold or score as people read it. */
export function figure(value: number): string {
  return value.toFixed(3);
}

/** A probability as people read it: never rounded to certainty. */
export function probabilityText(probability: number): string {
  if (probability >= 0.9999) return 'at least 0.9999';
  return probability <= 0.0001 ? 'at most 0.0001' : probability.toFixed(4);
}

/** A rate as people read it. */
export function rateText(rate: number): string {
  return String(Number(rate.toPrecision(3)));
}

/** The fields that verify and compare share, for programs. */
export function decisionJson({ accepted, distance, operatingPoint, held, resolved, probability, space }: Decision) {
  return {
    accepted,
    distance,
    threshold: operatingPoint.threshold,
    fmr: held,
    resolved,
    probability,
    space: formatSpace(space),
  };
}

/** A 1:1 decision in two lines. */
export function printDecision(
  output: Output,
  decision: Decision,
  { yes, no }: { readonly yes: string; readonly no: string },
): void {
  const { accepted, distance, probability, operatingPoint, held } = decision;
  output.line(output.style(accepted ? 'good' : 'bad', accepted ? `yes: ${yes}` : `no: ${no}`));
  output.line(
    `distance ${figure(distance)} ${accepted ? '≤' : '>'} threshold ${figure(operatingPoint.threshold)} ` +
      `(FMR ${rateText(held)}), probability ${probabilityText(probability)}`,
  );
}

/** Tell where the model's measurements do not reach the rate that was asked for; `remedy` says what would change that. */
export function sayRate(
  output: Output,
  { asked, resolved, held, operatingPoint }: HeldThreshold,
  remedy: string,
): void {
  const [wanted, measured, whole] = [asked, operatingPoint.fmr, held].map(rateText);
  if (!resolved) {
    output.say(
      `The asked rate needs ${wanted} per comparison; the measurements (${operatingPoint.measuredOn}) reach to ${measured}, ` +
        `so the strictest measured threshold is used, which holds ${whole}. ${remedy}`,
    );
  } else if (asked > operatingPoint.fmr) {
    output.say(
      `The asked rate allows ${wanted} per comparison; the measurements begin at ${measured}, ` +
        `so the loosest measured threshold is used, which holds ${whole}.`,
    );
  }
}

/** A box as people read it. */
export function boxText(box: Box): string {
  const { width, height } = boxSize(box);
  return `${Math.round(width)} × ${Math.round(height)} px at ${Math.round(box.xMin)}, ${Math.round(box.yMin)}`;
}
