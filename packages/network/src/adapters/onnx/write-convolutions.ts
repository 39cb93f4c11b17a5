import { channelsOf, elementsOf, isMaps, type Sides } from '../../shape.ts';
import { type AnyPlace, learnt, type Place, type Write, within } from './place.ts';

export const convolutionWriters: { readonly [K in 'conv' | 'depthwiseConv' | 'transposedConv' | 'dense']: Write<K> } = {
  conv(place) {
    const { operation, writer, inputs, output } = place;
    return writer.node('Conv', [inputs[0]!, ...kernelAndBias(place, outputsFirst(place))], {
      output,
      ...convAttributes(place),
      group: operation.groups,
    });
  },
  depthwiseConv(place) {
    const { node, writer, inputs, output } = place;
    return writer.node('Conv', [inputs[0]!, ...kernelAndBias(place, channelsFirst(place))], {
      output,
      ...convAttributes(place),
      group: channelsOf(node.inputShapes[0]!),
    });
  },
  transposedConv(place) {
    const { operation, node, writer, inputs, output } = place;
    return writer.node('ConvTranspose', [inputs[0]!, ...kernelAndBias(place, inputsFirst(place))], {
      output,
      kernel_shape: operation.kernel,
      strides: operation.stride,
      pads: onnxPads(node.geometry!.pads),
      group: operation.groups,
    });
  },
  dense(place) {
    const { node, writer, inputs, output } = place;
    const input = node.inputShapes[0]!;
    const flat = isMaps(input) ? flattened(place) : inputs[0]!;
    const kernel = { data: learnt(place, 'kernel')!, dims: [elementsOf(input), channelsOf(node.shape)] };
    return writer.node('Gemm', [flat, ...kernelAndBias(place, kernel)], { output });
  },
};

interface Kernel {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

function kernelAndBias(place: AnyPlace, { data, dims }: Kernel): readonly string[] {
  const bias = learnt(place, 'bias');
  const kernel = place.writer.floats(within(place, 'kernel'), data, dims);
  return bias ? [kernel, place.writer.floats(within(place, 'bias'), bias)] : [kernel];
}

function convAttributes({ operation, node }: Place<'conv'> | Place<'depthwiseConv'>) {
  return {
    kernel_shape: operation.kernel,
    strides: operation.stride,
    dilations: operation.dilation,
    pads: onnxPads(node.geometry!.pads),
  };
}

/** ONNX says where each axis begins, then where each ends. */
export function onnxPads([top, right, bottom, left]: Sides): readonly number[] {
  return [top, left, bottom, right];
}

/** `[h, w, in, out]` to `[out, in, h, w]`. */
function outputsFirst(place: Place<'conv'>): Kernel {
  const { area, size, depth, last } = kernelOf(place);
  return {
    data: rearranged(place, (p, i, o) => (o * depth + i) * area + p),
    dims: [last, depth, ...size],
  };
}

/** `[h, w, channels, multiplier]` to `[channels · multiplier, 1, h, w]`. */
function channelsFirst(place: Place<'depthwiseConv'>): Kernel {
  const { area, size, depth, last } = kernelOf(place);
  return {
    data: rearranged(place, (p, c, m) => (c * last + m) * area + p),
    dims: [depth * last, 1, ...size],
  };
}

/** `[h, w, out, in]` to `[in, out, h, w]`. */
function inputsFirst(place: Place<'transposedConv'>): Kernel {
  const { area, size, depth, last } = kernelOf(place);
  return {
    data: rearranged(place, (p, o, i) => (i * depth + o) * area + p),
    dims: [last, depth, ...size],
  };
}

function kernelOf({ node, weights }: AnyPlace) {
  const { shape, data } = weights.get(`${node.name}/kernel`)!;
  const [height, width, depth, last] = shape as [number, number, number, number];
  return { data, area: height * width, size: [height, width], depth, last };
}

/** A kernel in another order: `to` says where the number at a place and the last two indices goes. */
function rearranged(place: AnyPlace, to: (place: number, i: number, o: number) => number): Float32Array {
  const { data, area, depth, last } = kernelOf(place);
  const moved = new Float32Array(data.length);
  let at = 0;
  for (let p = 0; p < area; p++)
    for (let i = 0; i < depth; i++) for (let o = 0; o < last; o++) moved[to(p, i, o)] = data[at++]!;
  return moved;
}

/** Maps as one row, channels last. */
function flattened(place: AnyPlace): string {
  const { writer, inputs, node } = place;
  const [height, width] = node.inputShapes[0]!;
  // with one place, or one channel, both orders are the same
  const isSame = height * width! === 1 || channelsOf(node.inputShapes[0]!) === 1;
  const places = isSame
    ? inputs[0]!
    : writer.node('Transpose', [inputs[0]!], { output: within(place, 'places'), perm: [0, 2, 3, 1] });
  return writer.node('Flatten', [places], { output: within(place, 'flat') });
}
