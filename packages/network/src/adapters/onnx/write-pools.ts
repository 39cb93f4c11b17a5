import { channelsOf, elementsOf, type Maps, type Sides } from '../../shape.ts';
import { numberConstant, type Place, type Write, within } from './place.ts';
import { onnxPads } from './write-convolutions.ts';

type Pool = 'maxPool' | 'averagePool' | 'lpPool';
type PoolPlace = { [K in Pool]: Place<K> }[Pool];

export const poolWriters: { readonly [K in Pool | 'globalAveragePool']: Write<K> } = {
  maxPool(place) {
    const { writer, output } = place;
    const { input, pads } = edged(place, Number.NEGATIVE_INFINITY);
    return writer.node('MaxPool', [input], { output, ...windowAttributes(place, pads) });
  },
  averagePool(place) {
    const { operation, node, writer, inputs, output } = place;
    const isPlain = fitsKernel(place) && (!operation.countPadding || node.geometry!.overhang.every((px) => px === 0));
    if (!isPlain) return meanOfCounted(place);
    return writer.node('AveragePool', inputs, {
      output,
      ...windowAttributes(place, reachOf(place)),
      count_include_pad: operation.countPadding ? 1 : 0,
    });
  },
  lpPool(place) {
    const { operation, writer, output } = place;
    if (!Number.isInteger(operation.p)) return rootOfSum(place);
    if (operation.p === 2 && fitsKernel(place)) return rootOfSquares(place);
    const { input, pads } = edged(place, 0);
    const isSum = operation.form === 'sum';
    const root = writer.node('LpPool', [input], {
      output: isSum ? output : within(place, 'sum'),
      ...windowAttributes(place, pads),
      p: operation.p,
    });
    const share = elementsOf(operation.kernel) ** (-1 / operation.p);
    return isSum ? root : writer.node('Mul', [root, numberConstant(place, 'share', share)], { output });
  },
  globalAveragePool(place) {
    const { writer, inputs, output } = place;
    const mean = writer.node('GlobalAveragePool', inputs, { output: within(place, 'mean') });
    return writer.node('Flatten', [mean], { output });
  },
};

/** All that is added around the input, what `ceil` adds included. */
function reachOf({ node }: PoolPlace): Sides {
  const { pads, overhang } = node.geometry!;
  return [pads[0], pads[1] + overhang[1], pads[2] + overhang[0], pads[3]];
}

/** ONNX Runtime wants edges narrower than the kernel. */
function fitsKernel(place: PoolPlace): boolean {
  const [height, width] = place.operation.kernel;
  const [top, right, bottom, left] = reachOf(place);
  return Math.max(top, bottom) < height && Math.max(left, right) < width;
}

function windowAttributes({ operation }: PoolPlace, pads: Sides) {
  return { kernel_shape: operation.kernel, strides: operation.stride, pads: onnxPads(pads) };
}

/** What to pool and the edges that are left to the pool, so narrow that it takes them. */
function edged(place: PoolPlace, value: number): { readonly input: string; readonly pads: Sides } {
  if (fitsKernel(place)) return { input: place.inputs[0]!, pads: reachOf(place) };
  return { input: padded(place, value), pads: [0, 0, 0, 0] };
}

function padded(place: PoolPlace, value: number): string {
  const { writer, inputs } = place;
  const [top, right, bottom, left] = reachOf(place);
  const pads = writer.integers(within(place, 'pads'), [0, 0, top, left, 0, 0, bottom, right]);
  return writer.node('Pad', [inputs[0]!, pads, numberConstant(place, 'edge', value)], {
    output: within(place, 'padded'),
  });
}

/** The sum of each window, by a convolution with ones, which takes edges of any width. */
function windowSums(place: PoolPlace, value: string): string {
  const { operation, node, writer } = place;
  const channels = channelsOf(node.shape);
  const ones = new Float32Array(channels * elementsOf(operation.kernel)).fill(1);
  const kernel = writer.floats(within(place, 'ones'), ones, [channels, 1, ...operation.kernel]);
  return writer.node('Conv', [value, kernel], {
    output: within(place, 'total'),
    ...windowAttributes(place, reachOf(place)),
    group: channels,
  });
}

/** The sum of each window divided by how much of the window counts. */
function meanOfCounted(place: Place<'averagePool'>): string {
  const { node, writer, inputs, output } = place;
  const [height, width] = node.shape as Maps;
  const [rows, columns] = ([0, 1] as const).map((axis) => countedAlong(place, axis));
  const shares = new Float32Array(height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) shares[y * width + x] = 1 / Math.max(rows![y]! * columns![x]!, 1);
  const share = writer.floats(within(place, 'share'), shares, [height, width]);
  return writer.node('Mul', [windowSums(place, inputs[0]!), share], { output });
}

/** How many of each window's rows, or columns, count. */
function countedAlong({ operation, node }: Place<'averagePool'>, axis: 0 | 1): readonly number[] {
  const { pads } = node.geometry!;
  const [before, after] = axis === 0 ? [pads[0], pads[2]] : [pads[3], pads[1]];
  const size = (node.inputShapes[0] as Maps)[axis];
  const [first, end] = operation.countPadding ? [-before, size + after] : [0, size];
  return Array.from({ length: (node.shape as Maps)[axis] }, (_, i) => {
    const start = i * operation.stride[axis] - before;
    return Math.max(0, Math.min(start + operation.kernel[axis], end) - Math.max(start, first));
  });
}

/** L2 pooling by a mean of squares: ONNX Runtime's own takes general powers, which is slow. */
function rootOfSquares(place: Place<'lpPool'>): string {
  const { operation, writer, inputs, output } = place;
  const [x] = inputs as [string];
  const squares = writer.node('Mul', [x, x], { output: within(place, 'squares') });
  const mean = writer.node('AveragePool', [squares], {
    output: within(place, 'mean'),
    ...windowAttributes(place, reachOf(place)),
    count_include_pad: 1,
  });
  if (operation.form === 'mean') return writer.node('Sqrt', [mean], { output });
  const area = numberConstant(place, 'area', elementsOf(operation.kernel));
  return writer.node('Sqrt', [writer.node('Mul', [mean, area], { output: within(place, 'sum') })], { output });
}

/** Pooling with a power that is no whole number, which ONNX's own does not take. */
function rootOfSum(place: Place<'lpPool'>): string {
  const { operation, writer, inputs, output } = place;
  const { p, form, kernel } = operation;
  const sizes = writer.node('Abs', inputs, { output: within(place, 'sizes') });
  const powers = writer.node('Pow', [sizes, numberConstant(place, 'power', p)], { output: within(place, 'powers') });
  const share = numberConstant(place, 'share', form === 'sum' ? 1 : 1 / elementsOf(kernel));
  const shared = writer.node('Mul', [windowSums(place, powers), share], { output: within(place, 'shared') });
  return writer.node('Pow', [shared, numberConstant(place, 'inverse', 1 / p)], { output });
}
