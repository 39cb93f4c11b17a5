import { FaceError } from '@kith/core';
import type { TensorFlow } from '@kith/network/tfjs';
import { assertLabels } from '../../metric/rows.ts';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from './row-tensors.ts';

/** A batch and the classes that it is told apart by; the gradient goes to embeddings and weights. */
export interface ClassHead {
  /** Shape `[count, dimension]`. */
  readonly embeddings: Tensor2D;
  /** Class of each row, in `[0, classes)`. */
  readonly labels: Int32Array;
  /** Shape `[classes, dimension]`. */
  readonly weights: Tensor2D;
}

export interface SoftmaxHead extends ClassHead {
  /** Shape `[classes]`; none unless given. */
  readonly bias?: Tensor1D;
}

/**
 * Classify by `z = x Wᵀ + b`: the mean over rows.
 *
 * @throws {FaceError} `USAGE` when a label is not a class, or for a bias of another length.
 */
export function softmaxHead(tf: TensorFlow, { embeddings, labels, weights, bias }: SoftmaxHead): Scalar {
  const [classes] = weights.shape;
  if (bias && bias.size !== classes) {
    throw new FaceError('USAGE', `Expected a bias a class, ${classes}, got ${bias.size}.`);
  }
  return tf.tidy(() => {
    const logits = tf.matMul(embeddings, weights, false, true);
    return crossEntropy(tf, bias ? logits.add(bias) : logits, ownClasses(tf, { embeddings, labels, weights }));
  });
}

/** `ln Σⱼ exp zⱼ − z_y`: the mean over rows. Both of shape `[count, classes]`. */
export function crossEntropy(tf: TensorFlow, logits: Tensor, own: Tensor): Scalar {
  return tf.neg(tf.logSoftmax(logits).mul(own).sum(1).mean<Scalar>());
}

/**
 * 1 at each row's own class, 0 elsewhere. Shape `[count, classes]`.
 *
 * @throws {FaceError} `USAGE` unless each row has a label that is a class.
 */
export function ownClasses(tf: TensorFlow, { embeddings, labels, weights }: ClassHead): Tensor2D {
  const [classes] = weights.shape;
  assertLabels(labels, embeddings.shape[0], classes);
  return tf.oneHot(tf.tensor1d(labels, 'int32'), classes, 1, 0, 'float32') as Tensor2D;
}
