import { FaceError } from '@kith/core';
import { dotProducts } from '../products.ts';
import type { LossTerms } from '../reducers.ts';
import { assertLabels, type Rows } from '../rows.ts';
import { crossEntropy } from './cross-entropy.ts';

/** Pairs of rows, one pair a person; pair `i` is `anchor[i]` and `positive[i]`. */
export interface NPairs {
  readonly anchor: Int32Array;
  readonly positive: Int32Array;
}

/** Pair the first two rows of each person that has two, in order of the first. */
export function firstPairs(labels: Int32Array): NPairs {
  assertLabels(labels, labels.length);
  const firsts = new Map<number, number>();
  const pairs = new Map<number, readonly [number, number]>();
  for (const [row, label] of labels.entries()) {
    const first = firsts.get(label);
    if (first === undefined) firsts.set(label, row);
    else if (!pairs.has(label)) pairs.set(label, [first, row]);
  }
  const inOrder = [...pairs.values()].sort(([one], [other]) => one - other);
  return {
    anchor: Int32Array.from(inOrder, ([anchor]) => anchor),
    positive: Int32Array.from(inOrder, ([, positive]) => positive),
  };
}

/**
 * `ln(1 + Σ_(j≠i) exp(fᵢ·fⱼ⁺ − fᵢ·fᵢ⁺)) + λ (|fᵢ|² + |fᵢ⁺|²)` for each pair i: everybody else's positive is a negative.
 * That is the cross-entropy of `fᵢ·fⱼ⁺` as logits. Embeddings of free length are meant; of length 1 the loss stays far from 0.
 *
 * @param lengthWeight - λ: keeps the lengths from growing for ever.
 * @see Sohn, Improved Deep Metric Learning with Multi-class N-pair Loss Objective, NIPS 2016, §3.
 */
export function nPairLoss(
  embeddings: Rows,
  { anchor, positive }: NPairs,
  { lengthWeight = 0 }: { readonly lengthWeight?: number } = {},
): LossTerms {
  if (anchor.length !== positive.length) {
    throw new FaceError('USAGE', `Expected a positive an anchor, ${anchor.length}, got ${positive.length}.`);
  }
  const [anchors, positives] = [pickRows(embeddings, anchor), pickRows(embeddings, positive)];
  const products = dotProducts(anchors, positives);
  const loss = crossEntropy(products.values, Int32Array.from(anchor.keys()), anchor.length);
  const squares = (rows: Rows, i: number) => rowOf(rows, i).reduce((sum, value) => sum + value * value, 0);
  const values = loss.values.map((value, i) => value + lengthWeight * (squares(anchors, i) + squares(positives, i)));
  const backward = (upstream: Float64Array) => {
    const { one, other } = products.backward(loss.backward(upstream));
    const gradient = new Float64Array(embeddings.values.length);
    for (const { rows, from, at } of [
      { rows: anchors, from: one, at: anchor },
      { rows: positives, from: other, at: positive },
    ]) {
      for (let k = 0; k < from.length; k++) {
        const [i, column] = [Math.floor(k / rows.dimension), k % rows.dimension];
        gradient[at[i]! * rows.dimension + column]! += from[k]! + 2 * lengthWeight * upstream[i]! * rows.values[k]!;
      }
    }
    return { embeddings: gradient };
  };
  return { values, backward };
}

function pickRows(rows: Rows, picked: Int32Array): Rows & { readonly values: Float64Array } {
  const values = new Float64Array(picked.length * rows.dimension);
  for (const [i, row] of picked.entries()) values.set(rowOf(rows, row), i * rows.dimension);
  return { values, count: picked.length, dimension: rows.dimension };
}

function rowOf({ values, dimension }: Rows, row: number): Float64Array {
  return Float64Array.from(values.subarray(row * dimension, (row + 1) * dimension));
}
