import type { Pair } from '../../shape.ts';
import { nativeKernels, withGradient } from './native-kernels.ts';
import { partsOf, type Tensor, type Tensor4D, type TensorFlow } from './tensorflow.ts';
import { type Of, padded, prepared, type WindowPlace } from './windows.ts';

export interface Learned {
  readonly kernel: Tensor;
  readonly bias?: Tensor | undefined;
}

/** Zeros between a kernel's numbers, as far as its dilation asks: TensorFlow.js has no gradient for dilated kernels. */
function inflated(tf: TensorFlow, kernel: Tensor, [down, across]: Pair): Tensor4D {
  if (down === 1 && across === 1) return kernel as Tensor4D;
  const [height, width, channels, filters] = kernel.shape as [number, number, number, number];
  const spread = tf.pad(kernel.reshape([height, 1, width, 1, channels * filters]), [
    [0, 0],
    [0, down - 1],
    [0, 0],
    [0, across - 1],
    [0, 0],
  ]);
  return spread
    .reshape<Tensor4D>([height * down, width * across, channels, filters])
    .slice([0, 0, 0, 0], [(height - 1) * down + 1, (width - 1) * across + 1, channels, filters]);
}

function biased(tf: TensorFlow, sum: Tensor, bias: Tensor | undefined): Tensor {
  if (bias === undefined) return sum;
  const kernel = bias.rank === 1 ? nativeKernels(tf) : undefined;
  if (!kernel) return sum.add(bias);
  return withGradient(tf, [sum, bias], {
    forward: () => kernel('BiasAdd', [sum, bias])[0]!,
    back: (slope) => [slope, kernel('BiasAddGrad', [slope])[0]!],
  });
}

export function convolve(
  tf: TensorFlow,
  { operation, x, place, kernel, bias }: { operation: Of<'conv'>; x: Tensor4D; place: WindowPlace } & Learned,
): Tensor {
  const { stride, dilation, groups } = operation;
  const { maps, padding } = prepared(tf, x, operation, place);
  const filter = inflated(tf, kernel, dilation);
  const one = (part: Tensor4D, weights: Tensor4D) => tf.conv2d(part, weights, [...stride], padding);
  if (groups === 1) return biased(tf, one(maps, filter), bias);
  const filters = partsOf(tf, filter, { count: groups, axis: 3 });
  const parts = partsOf(tf, maps, { count: groups, axis: 3 }).map((part, i) => one(part, filters[i]!));
  return biased(tf, tf.concat(parts, 3), bias);
}

export function convolveDepthwise(
  tf: TensorFlow,
  { operation, x, place, kernel, bias }: { operation: Of<'depthwiseConv'>; x: Tensor4D; place: WindowPlace } & Learned,
): Tensor {
  const { stride, dilation, multiplier } = operation;
  const channels = place.input[2];
  // TensorFlow's own depthwise convolution takes one stride for both directions
  if (stride[0] !== stride[1]) {
    const asGroups: Of<'conv'> = { ...operation, kind: 'conv', groups: channels, filters: channels * multiplier };
    const reshaped = kernel.reshape([...operation.kernel, 1, channels * multiplier]);
    return convolve(tf, { operation: asGroups, x, place, kernel: reshaped, bias });
  }
  const { maps, padding } = prepared(tf, x, operation, place);
  return biased(tf, tf.depthwiseConv2d(maps, inflated(tf, kernel, dilation), [...stride], padding), bias);
}

export function convolveTransposed(
  tf: TensorFlow,
  { operation, x, place, kernel, bias }: { operation: Of<'transposedConv'>; x: Tensor4D; place: WindowPlace } & Learned,
): Tensor {
  const { stride, groups, filters } = operation;
  const [top, right, bottom, left] = place.geometry.pads;
  const [height, width] = place.output;
  const full: Pair = [height + top + bottom, width + left + right];
  const batch = x.shape[0];
  const one = (part: Tensor4D, weights: Tensor4D) =>
    tf.conv2dTranspose(part, weights, [batch, ...full, filters / groups], [...stride], 'valid');
  const kernels = partsOf(tf, kernel as Tensor4D, { count: groups, axis: 3 });
  const sum = tf.concat(
    partsOf(tf, x, { count: groups, axis: 3 }).map((part, i) => one(part, kernels[i]!)),
    3,
  );
  return biased(tf, sum.slice([0, top, left, 0], [batch, height, width, filters]), bias);
}

/**
 * What each window sees, one after the other: `[batch, down, across, h · w · channels]`, by y, then x, then channel.
 *
 * The maps are split by their places' rest after division by the stride; a window's numbers are then plain slices, whose
 * gradients TensorFlow.js has for every stride.
 */
function unfolded(tf: TensorFlow, x: Tensor4D, { kernel, stride, output }: Window & { output: Pair }): Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const [down, across] = stride;
  const rows = Math.max(Math.ceil(height / down), output[0] + Math.ceil(kernel[0] / down));
  const columns = Math.max(Math.ceil(width / across), output[1] + Math.ceil(kernel[1] / across));
  const whole = tf.pad(x, [
    [0, 0],
    [0, rows * down - height],
    [0, columns * across - width],
    [0, 0],
  ]);
  const rests = whole.reshape<Tensor4D>([batch, rows, down, columns * across * channels]);
  const phases = partsOf(tf, rests, { count: down, axis: 2 }).map((phase) =>
    partsOf(tf, phase.reshape<Tensor4D>([batch, rows, columns, across * channels]), { count: across, axis: 3 }),
  );
  const taps: Tensor4D[] = [];
  for (let y = 0; y < kernel[0]; y++)
    for (let x = 0; x < kernel[1]; x++) {
      const from = [0, Math.floor(y / down), Math.floor(x / across), 0] as [number, number, number, number];
      taps.push(phases[y % down]![x % across]!.slice(from, [batch, ...output, channels]));
    }
  return tf.concat(taps, 3);
}

interface Window {
  readonly kernel: Pair;
  readonly stride: Pair;
}

/** One matrix product a cell: its places' windows by its kernel. */
export function connectLocally(
  tf: TensorFlow,
  {
    operation,
    x,
    place,
    kernel,
    bias,
  }: { operation: Of<'locallyConnected'>; x: Tensor4D; place: WindowPlace } & Learned,
): Tensor {
  const { region, filters, stride } = operation;
  const [height, width] = place.output;
  const maps = padded(tf, x, place.geometry);
  const seen = unfolded(tf, maps, { kernel: operation.kernel, stride, output: [height, width] });
  const [batch, , , length] = seen.shape;
  const [down, across] = [Math.ceil(height / region[0]), Math.ceil(width / region[1])];
  const cells = tf
    .pad(seen, [
      [0, 0],
      [0, down * region[0] - height],
      [0, across * region[1] - width],
      [0, 0],
    ])
    .reshape([batch, down, region[0], across, region[1], length])
    // [cells, places of all inputs, what a place sees]
    .transpose([1, 3, 0, 2, 4, 5])
    .reshape([down * across, batch * region[0] * region[1], length]);
  const sums = tf.matMul(cells, kernel.reshape([down * across, length, filters]));
  const all = biased(tf, sums, bias?.reshape([down * across, 1, filters]));
  return all
    .reshape([down, across, batch, region[0], region[1], filters])
    .transpose([2, 0, 3, 1, 4, 5])
    .reshape<Tensor4D>([batch, down * region[0], across * region[1], filters])
    .slice([0, 0, 0, 0], [batch, height, width, filters]);
}
