import { FaceError } from '@kith/core';
import { dotProducts } from '../products.ts';
import type { LossTerms } from '../reducers.ts';
import type { Reals, Rows } from '../rows.ts';
import { crossEntropy } from './cross-entropy.ts';

export interface SoftmaxHead {
  /** Shape `[classes, dimension]`. */
  readonly weights: Rows;
  /** Shape `[classes]`. */
  readonly bias: Reals;
}

/**
 * Classify by `z = x Wᵀ + b`. Before anything is learnt it stands at ln classes.
 *
 * @param labels - Class of each row.
 */
export function softmaxLoss(
  embeddings: Rows,
  labels: Int32Array,
  { weights, bias }: SoftmaxHead,
): LossTerms<'weights' | 'bias'> {
  const classes = weights.count;
  if (bias.length !== classes) throw new FaceError('USAGE', `Expected a bias a class, ${classes}, got ${bias.length}.`);
  const products = dotProducts(embeddings, weights);
  const logits = products.values.map((product, k) => product + bias[k % classes]!);
  const loss = crossEntropy(logits, labels, classes);
  const backward = (upstream: Float64Array) => {
    const atLogits = loss.backward(upstream);
    const { one, other } = products.backward(atLogits);
    const atBias = new Float64Array(classes);
    atLogits.forEach((value, k) => {
      atBias[k % classes]! += value;
    });
    return { embeddings: one, weights: other, bias: atBias };
  };
  return { values: loss.values, backward };
}
