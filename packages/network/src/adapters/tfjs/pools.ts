import type { Sides } from '../../shape.ts';
import type { Tensor, Tensor4D, TensorFlow } from './tensorflow.ts';
import { namedPadding, type Of, padded, type WindowPlace } from './windows.ts';

export function poolMax(
  tf: TensorFlow,
  { operation, x, place }: { operation: Of<'maxPool'>; x: Tensor4D; place: WindowPlace },
): Tensor {
  const padding = namedPadding(operation, place);
  const maps = padding === undefined ? padded(tf, x, place.geometry, Number.NEGATIVE_INFINITY) : x;
  return tf.maxPool(maps, [...operation.kernel], [...operation.stride], padding ?? 'valid');
}

export function poolAverage(
  tf: TensorFlow,
  { operation, x, place }: { operation: Of<'averagePool'>; x: Tensor4D; place: WindowPlace },
): Tensor {
  const { kernel, stride, countPadding } = operation;
  const padding = namedPadding(operation, place);
  const isPlain = padding === 'valid' || (padding === 'same' && !countPadding);
  if (isPlain) return tf.avgPool(x, [...kernel], [...stride], padding);
  const means = tf.avgPool(padded(tf, x, place.geometry), [...kernel], [...stride], 'valid');
  const [height, width] = place.output;
  const [rows, columns] = [counted(operation, place, 0), counted(operation, place, 1)];
  const factors = rows.flatMap((row) => columns.map((column) => (kernel[0] * kernel[1]) / Math.max(row * column, 1)));
  return means.mul(tf.tensor4d(factors, [1, height, width, 1]));
}

/** How many px of each window along one axis a mean counts. */
function counted({ kernel, stride, countPadding }: Of<'averagePool'>, place: WindowPlace, axis: 0 | 1): number[] {
  const pads: Sides = place.geometry.pads;
  const [before, after] = axis === 0 ? [pads[0], pads[2]] : [pads[3], pads[1]];
  const [first, end] = countPadding ? [-before, place.input[axis] + after] : [0, place.input[axis]];
  return Array.from({ length: place.output[axis] }, (_, i) => {
    const start = i * stride[axis] - before;
    return Math.max(0, Math.min(start + kernel[axis], end) - Math.max(start, first));
  });
}

/** The mean form divides by the kernel's size everywhere, so that it is the sum form by a constant. */
export function poolLp(
  tf: TensorFlow,
  { operation, x, place }: { operation: Of<'lpPool'>; x: Tensor4D; place: WindowPlace },
): Tensor {
  const { kernel, stride, p, form } = operation;
  const powers = p === 2 ? x.square() : tf.pow(x.abs(), p);
  const means = tf.avgPool(padded(tf, powers as Tensor4D, place.geometry), [...kernel], [...stride], 'valid');
  const sums = form === 'sum' ? means.mul(kernel[0] * kernel[1]) : means;
  return rooted(tf, sums, p);
}

/** The p-th root of what is not negative. Its slope at zero is infinite; windows of zeros get none. */
function rooted(tf: TensorFlow, x: Tensor, p: number): Tensor {
  const root = tf.customGrad((...given) => {
    const [powers, save] = given as [Tensor, GradSaver];
    const value = tf.pow(powers, 1 / p);
    save([value]);
    const gradFunc = (slope: Tensor, [kept]: Tensor[]) => {
      const scaled = slope.mul(tf.pow(kept!, 1 - p).div(p));
      return tf.where(kept!.equal(0), tf.zerosLike(slope), scaled);
    };
    return { value, gradFunc };
  });
  return root(x);
}

type GradSaver = (tensors: Tensor[]) => void;
