import type { TensorFlow } from '@kith/network/tfjs';
import { assertLabels } from '../../metric/rows.ts';
import { ownClasses } from './class-heads.ts';
import type { Scalar, Tensor2D } from './row-tensors.ts';

export interface CentreHead {
  /** Shape `[count, dimension]`. */
  readonly embeddings: Tensor2D;
  /** Class of each row, in `[0, classes)`. */
  readonly labels: Int32Array;
  /** Shape `[classes, dimension]`; a variable that is not trainable when {@link movedCentres} moves it. */
  readonly centres: Tensor2D;
}

/**
 * `½ |x − c_y|²`: the mean over rows. It needs softmax beside it to keep people apart.
 *
 * @throws {FaceError} `USAGE` when a label is not a class.
 * @see Wen et al., A Discriminative Feature Learning Approach, ECCV 2016, §3.2. There its weight is 0.003.
 */
export function centreHead(tf: TensorFlow, { embeddings, labels, centres }: CentreHead): Scalar {
  assertLabels(labels, embeddings.shape[0], centres.shape[0]);
  return tf.tidy(() => {
    const own = tf.gather(centres, tf.tensor1d(labels, 'int32'));
    return embeddings.sub(own).square().sum(1).mean().div(2);
  });
}

/**
 * Move each class's centre towards its rows of the batch: `c ← c − α Σ (c − x) / (1 + n)`, n being how many rows it has.
 *
 * @returns New centres, to assign to the old. Shape `[classes, dimension]`.
 * @throws {FaceError} `USAGE` when a label is not a class.
 * @see Wen et al., ECCV 2016, eq. 4.
 */
export function movedCentres(
  tf: TensorFlow,
  { embeddings, labels, centres, rate = 0.5 }: CentreHead & { readonly rate?: number },
): Tensor2D {
  return tf.tidy(() => {
    const own = ownClasses(tf, { embeddings, labels, weights: centres });
    const counts = own.sum(0).expandDims(1);
    const away = centres.mul(counts).sub(tf.matMul(own, embeddings, true));
    return centres.sub(away.div(counts.add(1)).mul(rate));
  });
}
