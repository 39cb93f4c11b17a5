export interface LogisticOptions {
  /** Half of this times |weights|² is added to the loss. */
  readonly decay?: number;
  /** Length of the slope at which it stops. */
  readonly tolerance?: number;
  /** Steps at most. */
  readonly steps?: number;
}

/** The probability of label 1 is 1 / (1 + e^−(weights · row + bias)). */
export interface Logistic {
  /** `[d]`. */
  readonly weights: Float64Array;
  readonly bias: number;
}

/** Rows `[n, d]`, row-major, and a label each, 1 or −1. */
export interface LabelledRows {
  readonly rows: Float64Array;
  readonly labels: Int8Array;
}

/**
 * Mean cross-entropy and its slope.
 *
 * @param parameters - Weights, then the bias: `[d + 1]`.
 * @returns `slope` is `[d + 1]`.
 */
export function logisticLoss(
  parameters: Float64Array,
  { rows, labels }: LabelledRows,
  { decay }: { readonly decay: number },
): { readonly loss: number; readonly slope: Float64Array } {
  const dimension = parameters.length - 1;
  const slope = new Float64Array(dimension + 1);
  let loss = 0;
  for (let i = 0; i < labels.length; i++) {
    let score = parameters[dimension]!;
    for (let k = 0, at = i * dimension; k < dimension; k++, at++) score += parameters[k]! * rows[at]!;
    const margin = labels[i]! * score;
    // ln(1 + e^−margin), without overflow
    loss += (Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)))) / labels.length;
    const pull = -labels[i]! / (1 + Math.exp(margin)) / labels.length;
    for (let k = 0, at = i * dimension; k < dimension; k++, at++) slope[k] = slope[k]! + pull * rows[at]!;
    slope[dimension] = slope[dimension]! + pull;
  }
  for (let k = 0; k < dimension; k++) {
    loss += (decay / 2) * parameters[k]! ** 2;
    slope[k] = slope[k]! + decay * parameters[k]!;
  }
  return { loss, slope };
}

/**
 * Fit a logistic unit by cross-entropy, with accelerated gradient steps of a length that cannot overshoot.
 *
 * @see Nesterov, A Method of Solving a Convex Programming Problem with Convergence Rate O(1/k²), 1983; O'Donoghue & Candès, Adaptive
 *   Restart for Accelerated Gradient Schemes, 2015, §3.2.
 */
export function fitLogistic(
  data: LabelledRows,
  { decay = 1e-4, tolerance = 1e-5, steps = 1000 }: LogisticOptions = {},
): Logistic {
  const { rows, labels } = data;
  const dimension = rows.length / labels.length;
  // the loss bends at most a quarter of the rows' mean squared length, the bias's 1 with them
  const bend = (1 + rows.reduce((sum, value) => sum + value * value, 0) / labels.length) / 4 + decay;
  let here = new Float64Array(dimension + 1);
  let ahead = here;
  let momentum = 1;
  for (let step = 0; step < steps; step++) {
    const { slope } = logisticLoss(ahead, data, { decay });
    if (Math.hypot(...slope) < tolerance) break;
    const next = ahead.map((value, k) => value - slope[k]! / bend);
    const uphill = next.reduce((sum, value, k) => sum + slope[k]! * (value - here[k]!), 0) > 0;
    const grown = uphill ? 1 : (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const carry = uphill ? 0 : (momentum - 1) / grown;
    const from = here;
    ahead = next.map((value, k) => value + carry * (value - from[k]!));
    [here, momentum] = [next, grown];
  }
  return { weights: ahead.slice(0, dimension), bias: ahead[dimension]! };
}
