import { FaceError } from '@kith/core';
import type { TensorFlow } from '@kith/network/tfjs';
import type { ReducedLoss, Rows } from '../../metric/index.ts';
import { asRows } from '../../metric/rows.ts';
import { type Scalar, type Tensor2D, withGradient } from './row-tensors.ts';

/** What the bridge asks of a loss: any {@link ReducedLoss} has it. */
export interface RowsLoss {
  readonly value: number;
  readonly gradients: Pick<ReducedLoss['gradients'], 'embeddings'>;
}

/**
 * Train on a loss of plain arrays: triplets by any miner, pairs, N-pairs, centres.
 * The embeddings are read once, and the loss called once, with its gradient, on the way forward.
 *
 * @param embeddings - Shape `[count, dimension]`.
 * @throws {FaceError} `USAGE` when the loss gives a gradient of another shape.
 */
export function rowsLoss(tf: TensorFlow, embeddings: Tensor2D, lossOfRows: (rows: Rows) => RowsLoss): Scalar {
  return withGradient<Scalar>(tf, embeddings, (x) => {
    const [, dimension] = embeddings.shape;
    const { value, gradients } = lossOfRows(asRows(x.dataSync<'float32'>(), dimension));
    if (gradients.embeddings.length !== x.size) {
      throw new FaceError('USAGE', `Expected a gradient of ${x.size} numbers, got ${gradients.embeddings.length}.`);
    }
    const gradient = Float32Array.from(gradients.embeddings);
    return {
      value: tf.scalar(value),
      kept: [],
      backward: (upstream) => tf.tensor2d(gradient, embeddings.shape).mul(upstream),
    };
  });
}
