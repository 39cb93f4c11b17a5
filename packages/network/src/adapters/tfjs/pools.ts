import type { Sides } from '../../shape.ts';
import { type NativeKernel, nativeKernels, type OwnGradient, withGradient } from './native-kernels.ts';
import type { Tensor, Tensor1D, Tensor4D, TensorFlow } from './tensorflow.ts';
import { namedPadding, type Of, padded, type WindowPlace } from './windows.ts';

export function poolMax(
  tf: TensorFlow,
  { operation, x, place }: { operation: Of<'maxPool'>; x: Tensor4D; place: WindowPlace },
): Tensor {
  const padding = namedPadding(operation, place);
  const maps = padding === undefined ? padded(tf, x, place.geometry, Number.NEGATIVE_INFINITY) : x;
  const kernel = nativeKernels(tf);
  if (!kernel) return tf.maxPool(maps, [...operation.kernel], [...operation.stride], padding ?? 'valid');
  const task: PoolTask = {
    kernel,
    attributes: {
      ksize: [1, ...operation.kernel, 1],
      strides: [1, ...operation.stride, 1],
      padding: (padding ?? 'valid').toUpperCase(),
    },
  };
  return withGradient(tf, [maps], hasOneDnn(tf, kernel) ? byOneDnn(maps, task) : byPlaces(tf, maps, task));
}

interface PoolTask {
  readonly kernel: NativeKernel;
  readonly attributes: Readonly<Record<string, string | readonly number[]>>;
}

/** By oneDNN's kernels, which TensorFlow's graphs are run by: the first keeps where in each window the largest lay. */
function byOneDnn(maps: Tensor, { kernel, attributes }: PoolTask): OwnGradient {
  const call = { attributes: { ...attributes, workspace_enabled: true, _kernel: 'MklNameChangeOp' } };
  return {
    forward: (save) => {
      const [value, workspace] = kernel('_MklNativeMaxPool', [maps], { ...call, outputs: 2 }) as [Tensor, Tensor];
      save([maps, value, workspace]);
      return value;
    },
    back: (slope, kept) => {
      const [input, value, workspace] = kept as [Tensor, Tensor, Tensor];
      return kernel('_MklNativeMaxPoolGrad', [input, value, slope, workspace], call);
    },
  };
}

/** By the places of the largest: TensorFlow's own gradient searches the windows once more, which takes eight times as long. */
function byPlaces(tf: TensorFlow, maps: Tensor, { kernel, attributes }: PoolTask): OwnGradient {
  return {
    forward: (save) => {
      const [value, places] = kernel('MaxPoolWithArgmax', [maps], {
        outputs: 2,
        types: { T: 'float32', Targmax: 'int32' },
        attributes: { ...attributes, include_batch_in_index: true },
      }) as [Tensor, Tensor];
      save([places]);
      return value;
    },
    back: (slope, [places]) => [
      tf.unsortedSegmentSum(slope.flatten(), places!.flatten<Tensor1D>(), maps.size).reshape(maps.shape),
    ],
  };
}

const haveOneDnn = new WeakMap<TensorFlow, boolean>();

/** Whether TensorFlow was built with oneDNN, found out once. */
function hasOneDnn(tf: TensorFlow, kernel: NativeKernel): boolean {
  const known = haveOneDnn.get(tf);
  if (known !== undefined) return known;
  const found = tf.tidy(() => {
    const attributes = { ksize: [1, 1, 1, 1], strides: [1, 1, 1, 1], padding: 'VALID' };
    try {
      byOneDnn(tf.zeros([1, 1, 1, 1]), { kernel, attributes }).forward(() => undefined);
      return true;
    } catch {
      return false;
    }
  });
  haveOneDnn.set(tf, found);
  return found;
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
  return withGradient(tf, [x], {
    forward: (save) => {
      // a power of any other exponent takes a hundred times as long
      const value = p === 2 ? tf.sqrt(x) : tf.pow(x, 1 / p);
      save([value]);
      return value;
    },
    back: (slope, [value]) => [tf.divNoNan(slope, (p === 2 ? value! : tf.pow(value!, p - 1)).mul(p))],
  });
}
