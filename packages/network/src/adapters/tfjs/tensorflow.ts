import type * as tfTypes from '@tensorflow/tfjs';

/** TensorFlow.js as the caller has loaded it: tfjs-node, or tfjs with a backend. */
export type TensorFlow = typeof tfTypes;

export type Tensor = tfTypes.Tensor;
export type Tensor1D = tfTypes.Tensor1D;
export type Tensor4D = tfTypes.Tensor4D;

/** Equal parts along an axis. TensorFlow.js has no gradient for a split into one. */
export function partsOf<T extends Tensor>(tf: TensorFlow, x: T, { count, axis }: { count: number; axis: number }): T[] {
  return count === 1 ? [x] : tf.split<T>(x, count, axis);
}
