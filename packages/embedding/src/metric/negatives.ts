import { type Random, randomInteger } from '@kith/core';

/**
 * With an anchor's negatives sorted by distance, every rule of mining is a stretch of them:
 *
 *      d(a,p)          d(a,p) + margin
 *        │                   │
 *  ──────┴───────────────────┴──────────► d(a,n)
 *   hard      semi-hard          easy
 *   └──────── violators ──────┘
 *
 * @param far - Distances to the negatives, nearest first.
 * @param near - `d(a,p)`, in the unit of `far`, as is the margin.
 * @returns The stretch, its end exclusive.
 */
export type Rule = (far: Float64Array, near: number, margin: number) => Stretch;

/** Positions in a sorted list; `end` is exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Which of the negatives that fit the rule become triplets. */
export type Take = (fitting: Stretch) => Stretch;

export const anyNegative: Rule = (far) => ({ start: 0, end: far.length });
/** `d(a,n) ≤ d(a,p)`. */
export const hardNegative: Rule = (far, near) => ({ start: 0, end: firstBeyond(far, near) });
/** `d(a,p) < d(a,n) < d(a,p) + margin`. */
export const semiHardNegative: Rule = (far, near, margin) => ({
  start: firstBeyond(far, near),
  end: firstAtLeast(far, near + margin),
});
/** `d(a,n) < d(a,p) + margin`: whatever has a loss. */
export const violatingNegative: Rule = (far, near, margin) => ({ start: 0, end: firstAtLeast(far, near + margin) });

export const takeAll: Take = (fitting) => fitting;
export const takeNearest: Take = ({ start, end }) => ({ start, end: Math.min(start + 1, end) });
export const takeOneAtRandom =
  (random: Random): Take =>
  ({ start, end }) => {
    if (start >= end) return { start, end };
    const one = start + randomInteger(random, end - start);
    return { start: one, end: one + 1 };
  };

/** The first position whose value is `≥ bound`. */
export function firstAtLeast(sorted: Float64Array, bound: number): number {
  return firstPosition(sorted.length, (position) => sorted[position]! >= bound);
}

function firstBeyond(sorted: Float64Array, bound: number): number {
  return firstPosition(sorted.length, (position) => sorted[position]! > bound);
}

/** Halve until the first position is left at which a condition holds that holds from there on. */
function firstPosition(length: number, holds: (position: number) => boolean): number {
  let [start, end] = [0, length];
  while (start < end) {
    const middle = (start + end) >>> 1;
    if (holds(middle)) end = middle;
    else start = middle + 1;
  }
  return start;
}
