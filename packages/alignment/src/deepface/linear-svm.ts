import { createRandom, shuffled } from '@kith/core';

export interface LinearSvmOptions {
  /** Price of a margin not kept: C of the paper. */
  readonly cost?: number;
  /** Largest slope left in the dual, at which it stops. */
  readonly tolerance?: number;
  /** Passes over all rows at most. */
  readonly passes?: number;
  /** For the order of the rows. */
  readonly seed?: number;
}

/** The side of a row is the sign of `weights · row + bias`. */
export interface LinearSvm {
  /** `[d]`. */
  readonly weights: Float64Array;
  readonly bias: number;
  /** Of each row, 0 to cost: `[rows]`. */
  readonly multipliers: Float64Array;
}

/**
 * Fit a linear support vector machine: least ½(|weights|² + bias²) + cost · Σ max(0, 1 − label · (weights · row + bias)), by coordinate
 * descent in the dual.
 *
 * @param rows - `[n, d]`, row-major.
 * @param labels - 1 or −1 each: `[n]`.
 * @see Hsieh et al., A Dual Coordinate Descent Method for Large-scale Linear SVM, ICML 2008, algorithm 1.
 */
export function fitLinearSvm(
  rows: Float64Array,
  labels: Int8Array,
  { cost = 1, tolerance = 1e-4, passes = 1000, seed = 1 }: LinearSvmOptions = {},
): LinearSvm {
  const dimension = rows.length / labels.length;
  const weights = new Float64Array(dimension);
  let bias = 0;
  const multipliers = new Float64Array(labels.length);
  const squares = squaredLengths(rows, labels.length);
  const random = createRandom(seed);
  let order = [...labels.keys()];
  for (let pass = 0; pass < passes; pass++) {
    order = shuffled(order, random);
    let steepest = 0;
    for (const i of order) {
      const label = labels[i]!;
      let score = bias;
      for (let k = 0, at = i * dimension; k < dimension; k++, at++) score += weights[k]! * rows[at]!;
      const slope = label * score - 1;
      const before = multipliers[i]!;
      const after = Math.min(Math.max(before - slope / squares[i]!, 0), cost);
      steepest = Math.max(steepest, projected(slope, { multiplier: before, cost }));
      if (after === before) continue;
      multipliers[i] = after;
      const step = (after - before) * label;
      for (let k = 0, at = i * dimension; k < dimension; k++, at++) weights[k] = weights[k]! + step * rows[at]!;
      bias += step;
    }
    if (steepest < tolerance) break;
  }
  return { weights, bias, multipliers };
}

/** How steep the dual is where it may still go. */
function projected(
  slope: number,
  { multiplier, cost }: { readonly multiplier: number; readonly cost: number },
): number {
  if (multiplier <= 0) return Math.max(0, -slope);
  if (multiplier >= cost) return Math.max(0, slope);
  return Math.abs(slope);
}

/** Squared length of each row with the 1 that its bias multiplies. */
function squaredLengths(rows: Float64Array, count: number): Float64Array {
  const dimension = rows.length / count;
  const squares = new Float64Array(count).fill(1);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < dimension; k++) squares[i] = squares[i]! + rows[i * dimension + k]! ** 2;
  }
  return squares;
}
