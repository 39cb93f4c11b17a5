import { assertLabels } from '../rows.ts';

/** What a classification costs, row by row, and its way back to the logits. */
export interface CrossEntropy {
  /** Shape `[count]`. */
  readonly values: Float64Array;
  /** @returns The gradient at the logits. Shape `[count, classes]`. */
  readonly backward: (upstream: Float64Array) => Float64Array;
}

/**
 * `ln Σⱼ exp zⱼ − z_y` for each row; back, `softmax(z) − 1[j = y]`.
 *
 * @param logits - Shape `[count, classes]`, row-major; the greatest of a row is taken off first, so nothing overflows.
 * @param labels - Class of each row, in `[0, classes)`.
 * @throws {FaceError} `USAGE` when a label is not a class.
 */
export function crossEntropy(logits: Float64Array, labels: Int32Array, classes: number): CrossEntropy {
  assertLabels(labels, logits.length / classes, classes);
  const values = new Float64Array(labels.length);
  const shares = new Float64Array(logits.length);
  for (const [row, label] of labels.entries()) {
    const ofRow = logits.subarray(row * classes, (row + 1) * classes);
    const greatest = ofRow.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
    const share = shares.subarray(row * classes, (row + 1) * classes);
    let total = 0;
    for (let j = 0; j < classes; j++) total += share[j] = Math.exp(ofRow[j]! - greatest);
    for (let j = 0; j < classes; j++) share[j]! /= total;
    values[row] = Math.log(total) + greatest - ofRow[label]!;
  }
  const backward = (upstream: Float64Array): Float64Array => {
    const gradient = new Float64Array(logits.length);
    for (const [row, label] of labels.entries()) {
      for (let j = 0; j < classes; j++) {
        const k = row * classes + j;
        gradient[k] = upstream[row]! * (shares[k]! - (j === label ? 1 : 0));
      }
    }
    return gradient;
  };
  return { values, backward };
}
