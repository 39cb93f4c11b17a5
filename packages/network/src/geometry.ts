import type { Operation, Window } from './operation.ts';
import { channelsOf, isMaps, type Maps, type Padding, type Pair, type Shape, type Sides } from './shape.ts';

/** Where a window's edges lie. */
export interface Geometry {
  /** Px added around the input, from the padding. */
  readonly pads: Sides;
  /** Px that `ceil` adds beyond them, below and to the right. */
  readonly overhang: Pair;
}

interface Described {
  readonly shape: Shape;
  readonly geometry: Geometry | undefined;
}

/** The output of an operation and, for windows, its edges; or, in words, what does not fit. */
export function geometryOf(operation: Operation, inputs: readonly Shape[]): Described | string {
  const [input] = inputs;
  if (!input) return 'reads nothing';
  if (operation.kind === 'concat' || operation.kind === 'add') return merged(operation, inputs);
  if (inputs.length !== 1) return 'reads one layer';
  if ('kernel' in operation) return isMaps(input) ? windowed(operation, input) : 'needs maps';
  return plain(operation, input);
}

type Windowed = Extract<Operation, { kernel: Pair }>;

function windowed(operation: Windowed, input: Maps): Described | string {
  const [height, width, channels] = input;
  const sizes: readonly number[] = [...operation.kernel, ...operation.stride];
  if (!sizes.every((size) => Number.isInteger(size) && size > 0)) return 'needs kernels and strides of whole px';
  if (operation.kind === 'transposedConv') {
    const { filters, groups } = operation;
    if (filters % groups !== 0 || channels % groups !== 0) return `needs channels that ${groups} groups divide`;
    const pads = transposedPads(operation, input);
    const side = (axis: 0 | 1) =>
      (input[axis] - 1) * operation.stride[axis] +
      operation.kernel[axis] -
      pads[axis === 0 ? 0 : 3] -
      pads[axis === 0 ? 2 : 1];
    return sized([side(0), side(1), filters], { pads, overhang: [0, 0] });
  }
  const dilation: Pair = 'dilation' in operation ? operation.dilation : [1, 1];
  const pads = padsOf(operation.padding, { ...operation, dilation }, input);
  const ceil = 'ceil' in operation && operation.ceil;
  const [down, across] = [
    steps(
      height + pads[0] + pads[2],
      reach(operation.kernel[0], dilation[0]),
      operation.stride[0],
      ceil,
      height + pads[0],
    ),
    steps(
      width + pads[3] + pads[1],
      reach(operation.kernel[1], dilation[1]),
      operation.stride[1],
      ceil,
      width + pads[3],
    ),
  ];
  const filters = filtersOf(operation, channels);
  if (typeof filters === 'string') return filters;
  return sized([down.count, across.count, filters], { pads, overhang: [down.overhang, across.overhang] });
}

function sized(shape: Maps, geometry: Geometry): Described | string {
  return shape.every((size) => size >= 1) ? { shape, geometry } : 'needs maps at least as large as its kernel';
}

function filtersOf(operation: Exclude<Windowed, { kind: 'transposedConv' }>, channels: number): number | string {
  switch (operation.kind) {
    case 'conv':
      return channels % operation.groups === 0 && operation.filters % operation.groups === 0
        ? operation.filters
        : `needs channels that ${operation.groups} groups divide`;
    case 'depthwiseConv':
      return channels * operation.multiplier;
    case 'locallyConnected':
      return operation.filters;
    default:
      return channels;
  }
}

/** How many px a dilated kernel spans. */
export function reach(kernel: number, dilation: number): number {
  return kernel + (kernel - 1) * (dilation - 1);
}

function steps(padded: number, span: number, stride: number, ceil: boolean, lastStart: number) {
  let count = Math.floor((padded - span) / stride) + 1;
  // Caffe's rule: one more window where a rest is left, unless it would start in the padding
  if (ceil && (padded - span) % stride !== 0 && count * stride < lastStart) count++;
  return { count, overhang: Math.max(0, (count - 1) * stride + span - padded) };
}

function padsOf(
  padding: Padding,
  { kernel, stride, dilation }: Pick<Window, 'kernel' | 'stride'> & { dilation: Pair },
  input: Maps,
): Sides {
  if (padding === 'valid') return [0, 0, 0, 0];
  if (typeof padding === 'number') return [padding, padding, padding, padding];
  if (padding !== 'same') return padding;
  const total = (axis: 0 | 1) => {
    const count = Math.ceil(input[axis] / stride[axis]);
    return Math.max(0, (count - 1) * stride[axis] + reach(kernel[axis], dilation[axis]) - input[axis]);
  };
  const [vertical, horizontal] = [total(0), total(1)];
  return [Math.floor(vertical / 2), Math.ceil(horizontal / 2), Math.ceil(vertical / 2), Math.floor(horizontal / 2)];
}

/** What a transposed convolution cuts off; `same` gives outputs of `in · stride`. */
function transposedPads({ kernel, stride, padding }: Window, input: Maps): Sides {
  if (padding !== 'same') return padsOf(padding, { kernel, stride, dilation: [1, 1] }, input);
  const total = (axis: 0 | 1) => Math.max(0, kernel[axis] - stride[axis]);
  const [vertical, horizontal] = [total(0), total(1)];
  return [Math.floor(vertical / 2), Math.ceil(horizontal / 2), Math.ceil(vertical / 2), Math.floor(horizontal / 2)];
}

type Plain = Exclude<Operation, Windowed | { kind: 'concat' | 'add' }>;

function plain(operation: Plain, input: Shape): Described | string {
  const as = (shape: Shape): Described => ({ shape, geometry: undefined });
  const channels = channelsOf(input);
  switch (operation.kind) {
    case 'dense':
      return as([operation.units]);
    case 'embeddingLookup':
      return isMaps(input) ? 'needs ids' : as([input[0] * operation.dimension]);
    case 'globalAveragePool':
      return isMaps(input) ? as([channels]) : 'needs maps';
    case 'maxout':
      if (channels % operation.pieces !== 0) return `needs channels that ${operation.pieces} pieces divide`;
      return as([...input.slice(0, -1), channels / operation.pieces] as unknown as Shape);
    case 'channelShuffle':
      return channels % operation.groups === 0 ? as(input) : `needs channels that ${operation.groups} groups divide`;
    case 'pad': {
      if (!isMaps(input)) return 'needs maps';
      const [top, right, bottom, left] = operation.sides;
      return as([input[0] + top + bottom, input[1] + left + right, channels]);
    }
    case 'normalize': {
      const fits = [operation.mean, operation.deviation].every(({ length }) => length === 1 || length === channels);
      return fits ? as(input) : 'needs one mean and one deviation, or one a channel';
    }
    default:
      return as(input);
  }
}

function merged(
  operation: Extract<Operation, { kind: 'concat' | 'add' }>,
  inputs: readonly Shape[],
): Described | string {
  const [first, ...others] = inputs as [Shape, ...Shape[]];
  if (operation.kind === 'concat') {
    const channels = inputs.reduce((sum, shape) => sum + channelsOf(shape), 0);
    if (!isMaps(first))
      return others.some(isMaps) ? 'needs inputs of one kind' : { shape: [channels], geometry: undefined };
    if (others.some((shape) => shape[0] !== first[0] || shape[1] !== first[1])) return 'needs maps of one size';
    return { shape: [first[0], first[1], channels], geometry: undefined };
  }
  if (others.some(({ length }) => length !== first.length)) return 'needs inputs of one kind';
  const largest = first.map((_, axis) => Math.max(...inputs.map((shape) => shape[axis]!))) as unknown as Shape;
  if (!operation.extend && inputs.some((shape) => shape.some((size, axis) => size !== largest[axis]))) {
    return 'adds inputs of one size';
  }
  return { shape: largest, geometry: undefined };
}
