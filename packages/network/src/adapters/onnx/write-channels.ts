import { elementsOf, isMaps, type Shape } from '../../shape.ts';
import { elementType } from './onnx-schema.ts';
import { numberConstant, type Place, type Write, within, zerosAround } from './place.ts';

type AcrossChannels = 'lrn' | 'maxout' | 'channelShuffle' | 'pad' | 'concat' | 'add' | 'embeddingLookup';

export const channelWriters: { readonly [K in AcrossChannels]: Write<K> } = {
  lrn(place) {
    const { operation, node, writer, inputs, output } = place;
    const { size, beta, bias, form } = operation;
    const alpha = form === 'caffe' ? operation.alpha : operation.alpha * size;
    // ONNX Runtime's own takes maps only, windows with a middle only, and for its powers four times as long as roots take
    if (!isMaps(node.shape) || size % 2 === 0 || isOfRoots(beta)) return responses(place, alpha);
    return writer.node('LRN', inputs, {
      output,
      size,
      alpha: { float: alpha },
      beta: { float: beta },
      bias: { float: bias },
    });
  },
  maxout(place) {
    const { operation, node, writer, inputs, output } = place;
    const apart = writer.integers(within(place, 'apart'), [0, -1, operation.pieces, ...sizeOf(node.shape)]);
    const runs = writer.node('Reshape', [inputs[0]!, apart], { output: within(place, 'runs') });
    return writer.node('ReduceMax', [runs], { output, axes: [2], keepdims: 0 });
  },
  channelShuffle(place) {
    const { operation, node, writer, inputs, output } = place;
    const size = sizeOf(node.shape);
    const apart = writer.integers(within(place, 'apart'), [0, operation.groups, -1, ...size]);
    const grouped = writer.node('Reshape', [inputs[0]!, apart], { output: within(place, 'grouped') });
    const perm = [0, 2, 1, ...size.map((_, i) => 3 + i)];
    const turned = writer.node('Transpose', [grouped], { output: within(place, 'turned'), perm });
    return writer.node('Reshape', [turned, writer.integers(within(place, 'whole'), [0, -1, ...size])], { output });
  },
  pad: (place) => zerosAround(place, place.operation.sides, place.output),
  concat: ({ writer, inputs, output }) => writer.node('Concat', inputs, { output, axis: 1 }),
  add(place) {
    const { writer, inputs, output } = place;
    const [first, ...others] = inputs.map((_, i) => extended(place, i)) as [string, ...string[]];
    if (others.length === 0) return writer.node('Identity', [first], { output });
    // ONNX Runtime joins an Add with the convolution before it, a Sum it does not
    return others.reduce((sum, summand, i) => {
      const isLast = i === others.length - 1;
      return writer.node('Add', [sum, summand], { output: isLast ? output : within(place, `sum${i}`) });
    }, first);
  },
  embeddingLookup(place) {
    const { operation, node, writer, weights, inputs, output } = place;
    const { count, dimension } = operation;
    const ids = writer.node('Cast', inputs, { output: within(place, 'ids'), to: elementType.int64 });
    const { data } = weights.get(`${node.name}/kernel`)!;
    const table = writer.floats(within(place, 'kernel'), data, [count, dimension]);
    const rows = writer.node('Gather', [table, ids], { output: within(place, 'rows'), axis: 0 });
    const dims = writer.integers(within(place, 'dims'), [0, elementsOf(node.shape)]);
    return writer.node('Reshape', [rows, dims], { output });
  },
};

/** Height and width of maps, nothing of a vector. */
function sizeOf(shape: Shape): readonly number[] {
  return shape.slice(0, -1);
}

/** Local response normalization from its definition: squares, their mean over neighbouring channels, a power of it. */
function responses(place: Place<'lrn'>, alpha: number): string {
  const { operation, node, writer, inputs, output } = place;
  const { size, beta, bias } = operation;
  const [x] = inputs as [string];
  const step = (op: string, values: readonly string[], name: string, attributes = {}) =>
    writer.node(op, values, { output: within(place, name), ...attributes });
  const plane = writer.integers(within(place, 'plane'), [0, 1, node.shape.at(-1)!, -1]);
  const squares = step('Reshape', [step('Mul', [x, x], 'squares'), plane], 'column');
  const mean = step('AveragePool', [squares], 'mean', {
    kernel_shape: [size, 1],
    pads: [Math.floor((size - 1) / 2), 0, Math.ceil((size - 1) / 2), 0],
    count_include_pad: 1,
  });
  const scaled = step('Mul', [mean, numberConstant(place, 'alpha', alpha)], 'scaled');
  const base = step('Add', [scaled, numberConstant(place, 'bias', bias)], 'base');
  const divisor = isOfRoots(beta)
    ? powerByRoots(beta, step('Sqrt', [base], 'root'), step)
    : step('Pow', [base, numberConstant(place, 'beta', beta)], 'divisor');
  const dims = writer.integers(within(place, 'dims'), [0, node.shape.at(-1)!, ...sizeOf(node.shape)]);
  return writer.node('Div', [x, step('Reshape', [divisor, dims], 'divisors')], { output });
}

/** Whether a power can be had by square roots: 1/2 or 3/4, which the papers have. */
function isOfRoots(beta: number): boolean {
  return beta === 0.5 || beta === 0.75;
}

function powerByRoots(
  beta: number,
  root: string,
  step: (op: string, values: readonly string[], name: string) => string,
) {
  return beta === 0.5 ? root : step('Mul', [root, step('Sqrt', [root], 'fourthRoot')], 'divisor');
}

/** Zeros after the last channel, row and column of a summand that is smaller than the sum. */
function extended(place: Place<'add'>, i: number): string {
  const { node, writer, inputs } = place;
  const more = node.shape.map((size, axis) => size - node.inputShapes[i]![axis]!);
  if (more.every((size) => size === 0)) return inputs[i]!;
  const after = [more.at(-1)!, ...more.slice(0, -1)];
  const pads = writer.integers(within(place, `${i}:more`), [0, ...after.map(() => 0), 0, ...after]);
  return writer.node('Pad', [inputs[i]!, pads], { output: within(place, `${i}:extended`) });
}
