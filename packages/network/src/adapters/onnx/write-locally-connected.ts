import { channelsOf, elementsOf, type Maps } from '../../shape.ts';
import { learnt, type Place, type Write, within, zerosAround } from './place.ts';

/**
 * A product of matrices a cell: the patches that share a kernel, gathered, times that kernel, which keeps the layout that it is learnt in.
 *
 * Images lie beside each other in one matrix, so that a kernel is read once a batch: it is most of the work.
 */
export const writeLocallyConnected: Write<'locallyConnected'> = (place) => {
  const { node, operation, writer, output } = place;
  const { filters } = operation;
  const [height, width] = node.shape as Maps;
  const { cells, places, taps, order } = gathering(place);
  const length = taps * channelsOf(node.inputShapes[0]!);
  const step = (op: string, inputs: readonly string[], name: string, attributes = {}) =>
    writer.node(op, inputs, { output: within(place, name), ...attributes });
  const reshape = (value: string, dims: readonly number[], name: string) =>
    step('Reshape', [value, writer.integers(within(place, `${name}Dims`), dims)], name);

  // [cells · places, taps, n, c] to [cells, places · n, taps · c]
  const turned = step('Transpose', [gatheredTaps(place)], 'turned', { perm: [0, 2, 1, 3] });
  const rows = reshape(turned, [cells, -1, length], 'rows');
  const kernel = writer.floats(within(place, 'kernel'), learnt(place, 'kernel')!, [cells, length, filters]);
  let value = step('MatMul', [rows, kernel], 'products');
  const bias = learnt(place, 'bias');
  if (bias) value = step('Add', [value, writer.floats(within(place, 'bias'), bias, [cells, 1, filters])], 'biased');

  // [cells · places, n, filters], in the order of the maps, to [n, filters, height, width]
  value = reshape(value, [cells * places, -1, filters], 'apart');
  if (order) {
    value = step('Gather', [value, writer.indices(within(place, 'order'), order, [order.length])], 'ordered', {
      axis: 0,
    });
  }
  const maps = step('Transpose', [value], 'maps', { perm: [1, 2, 0] });
  const dims = writer.integers(within(place, 'outputDims'), [0, filters, height, width]);
  return writer.node('Reshape', [maps, dims], { output });
};

/** The numbers under each window, `[cells · places, taps, n, c]`. */
function gatheredTaps(place: Place<'locallyConnected'>): string {
  const { node, writer, inputs } = place;
  const { pads } = node.geometry!;
  const [top, right, bottom, left] = pads;
  const [height, width, channels] = node.inputShapes[0] as Maps;
  const padded = pads.every((side) => side === 0) ? inputs[0]! : zerosAround(place, pads, within(place, 'padded'));
  const turned = writer.node('Transpose', [padded], { output: within(place, 'places'), perm: [2, 3, 0, 1] });
  const area = (height + top + bottom) * (width + left + right);
  const dims = writer.integers(within(place, 'placesDims'), [area, -1, channels]);
  const pixels = writer.node('Reshape', [turned, dims], { output: within(place, 'pixels') });
  const { indices, cells, places, taps } = gathering(place);
  const index = writer.indices(within(place, 'taps'), indices, [cells * places, taps]);
  return writer.node('Gather', [pixels, index], { output: within(place, 'patches'), axis: 0 });
}

interface Gathering {
  readonly cells: number;
  /** Places of one cell; a cell at the edge that has fewer repeats the first pixel for the rest. */
  readonly places: number;
  readonly taps: number;
  /** Number of each tap's pixel in the padded maps, `[cells, places, taps]`. */
  readonly indices: Int32Array;
  /** Where the places of the output lie in `[cells, places]`; undefined where they lie in order. */
  readonly order: Int32Array | undefined;
}

function gathering({ node, operation: { kernel, stride, region } }: Place<'locallyConnected'>): Gathering {
  const [height, width] = node.shape as Maps;
  const [, right, , left] = node.geometry!.pads;
  const row = (node.inputShapes[0] as Maps)[1] + left + right;
  const across = Math.ceil(width / region[1]);
  const cells = Math.ceil(height / region[0]) * across;
  const places = elementsOf(region);
  const taps = elementsOf(kernel);
  const indices = new Int32Array(cells * places * taps);
  const order = new Int32Array(height * width);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const cell = Math.floor(y / region[0]) * across + Math.floor(x / region[1]);
      const slot = cell * places + (y % region[0]) * region[1] + (x % region[1]);
      order[y * width + x] = slot;
      for (let tap = 0; tap < taps; tap++) {
        const [ky, kx] = [Math.floor(tap / kernel[1]), tap % kernel[1]];
        indices[slot * taps + tap] = (y * stride[0] + ky) * row + x * stride[1] + kx;
      }
    }
  const isOrdered = cells * places === order.length && order.every((slot, i) => slot === i);
  return { cells, places, taps, indices, order: isOrdered ? undefined : order };
}
