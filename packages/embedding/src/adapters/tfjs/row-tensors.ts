import type { TensorFlow } from '@kith/network/tfjs';

export type Tensor = ReturnType<TensorFlow['tensor']>;
export type Tensor1D = ReturnType<TensorFlow['tensor1d']>;
export type Tensor2D = ReturnType<TensorFlow['tensor2d']>;
export type Scalar = ReturnType<TensorFlow['scalar']>;

/** A tensor's value with what leads a gradient back; `kept` are the tensors that this needs. */
export interface WithGradient<T extends Tensor> {
  readonly value: T;
  readonly kept: Tensor[];
  readonly backward: (upstream: Tensor, kept: Tensor[]) => Tensor;
}

/** Apply a function of one tensor whose gradient is given; nothing inside it is differentiated. */
export function withGradient<T extends Tensor>(tf: TensorFlow, x: Tensor, forward: (x: Tensor) => WithGradient<T>): T {
  const custom = tf.customGrad((...given) => {
    const [input, save] = given as [Tensor, (tensors: Tensor[]) => void];
    const { value, kept, backward } = forward(input);
    save(kept);
    return { value, gradFunc: backward };
  });
  return custom(x) as T;
}

/** A row this short has no direction. */
const noLength = 1e-12;

/**
 * Scale each row to length 1: back, `(g − y (y · g)) / |x|`. A row without length becomes zeros and takes no gradient.
 *
 * @param rows - Shape `[count, dimension]`.
 */
export function unitRows(tf: TensorFlow, rows: Tensor2D): Tensor2D {
  return withGradient(tf, rows, (x) => {
    const overLength = inverseLengths(x);
    const value = x.mul(overLength) as Tensor2D;
    const backward = (upstream: Tensor, [units, inverse]: Tensor[]) =>
      upstream.sub(units!.mul(units!.mul(upstream).sum(1, true))).mul(inverse!);
    return { value, kept: [value, overLength], backward };
  });
}

/** The length of each row, which grows along the row itself; no gradient at 0. Shape `[count, 1]`. */
export function rowLengths(tf: TensorFlow, rows: Tensor2D): Tensor2D {
  return withGradient(tf, rows, (x) => ({
    value: x.square().sum(1, true).sqrt() as Tensor2D,
    kept: [x.mul(inverseLengths(x))],
    backward: (upstream, [units]) => upstream.mul(units!),
  }));
}

/** `1 / |x|` of each row, 0 where it has no length. Shape `[count, 1]`. */
function inverseLengths(x: Tensor): Tensor {
  const lengths = x.square().sum(1, true).sqrt();
  return lengths.greater(noLength).toFloat().div(lengths.maximum(noLength));
}
