import {
  elementsOf,
  type Graph,
  inputName,
  layOut,
  type Maps,
  type Network,
  type Node,
  type Operation,
  type OperationKind,
  type Shape,
  type Weights,
} from '../../index.ts';

/** The numbers behind a node, and their size; a vector counts as maps of one place. */
interface Value {
  readonly shape: Maps;
  readonly data: Float64Array;
}

type ReadPart = (part: string) => ArrayLike<number>;

interface Task<K extends OperationKind> {
  readonly operation: Extract<Operation, { kind: K }>;
  readonly node: Node;
  readonly x: Value;
  readonly inputs: readonly Value[];
  readonly shape: Maps;
  /** What the node has learnt, by part, such as `kernel`. */
  readonly part: ReadPart;
}

/** One number of a node's output. */
type Compute<K extends OperationKind> = (task: Task<K>) => (y: number, x: number, c: number) => number;

/**
 * Run a network on one input in plain loops and double precision: the definition of every operation, written to be read.
 *
 * @param input - Row-major, of the network's input size.
 * @returns The output of every node by its name, and the input's under `input`.
 */
export function interpret(network: Network, weights: Weights, input: ArrayLike<number>): Map<string, Float64Array> {
  const graph: Graph = layOut(network);
  const values = new Map<string, Value>([[inputName, { shape: asMaps(graph.input), data: Float64Array.from(input) }]]);
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => values.get(name)!);
    const part: ReadPart = (name) => weights.get(`${node.name}/${name}`)?.data ?? [];
    const shape = asMaps(node.shape);
    const compute = definitions[node.operation.kind] as Compute<OperationKind>;
    const each = compute({ operation: node.operation, node, x: inputs[0]!, inputs, shape, part });
    values.set(node.name, filled(shape, each));
  }
  return new Map([...values].map(([name, { data }]) => [name, data]));
}

/** The same, rounded to single precision at the end. */
export function runReference(network: Network, weights: Weights, input: ArrayLike<number>): Map<string, Float32Array> {
  return new Map([...interpret(network, weights, input)].map(([name, data]) => [name, Float32Array.from(data)]));
}

function asMaps(shape: Shape): Maps {
  return shape.length === 3 ? shape : [1, 1, shape[0]];
}

function filled(shape: Maps, each: (y: number, x: number, c: number) => number): Value {
  const data = new Float64Array(elementsOf(shape));
  let i = 0;
  for (let y = 0; y < shape[0]; y++)
    for (let x = 0; x < shape[1]; x++) for (let c = 0; c < shape[2]; c++) data[i++] = each(y, x, c);
  return { shape, data };
}

const isInside = ({ shape: [height, width] }: Value, y: number, x: number) =>
  y >= 0 && y < height && x >= 0 && x < width;

/** A number of maps; zero beside them. */
function at(maps: Value, y: number, x: number, c: number): number {
  const [, width, channels] = maps.shape;
  return isInside(maps, y, x) && c < channels ? maps.data[(y * width + x) * channels + c]! : 0;
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const sum = (terms: readonly number[]) => terms.reduce((total, term) => total + term, 0);

interface Tap {
  /** Place in the kernel. */
  readonly ky: number;
  readonly kx: number;
  /** Place in the input, which may lie beside it. */
  readonly y: number;
  readonly x: number;
}

/** Where the window of one output place reaches. */
function taps({ operation, node }: Pick<Task<WindowKind>, 'operation' | 'node'>, oy: number, ox: number): Tap[] {
  const [top, , , left] = node.geometry!.pads;
  const [dilationDown, dilationAcross] = 'dilation' in operation ? operation.dilation : [1, 1];
  return range(operation.kernel[0]).flatMap((ky) =>
    range(operation.kernel[1]).map((kx) => ({
      ky,
      kx,
      y: oy * operation.stride[0] + ky * dilationDown - top,
      x: ox * operation.stride[1] + kx * dilationAcross - left,
    })),
  );
}

type WindowKind =
  | 'conv'
  | 'depthwiseConv'
  | 'transposedConv'
  | 'locallyConnected'
  | 'maxPool'
  | 'averagePool'
  | 'lpPool';

const activations = {
  relu: (x: number) => Math.max(x, 0),
  relu6: (x: number) => Math.min(Math.max(x, 0), 6),
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};

const channel = (list: ArrayLike<number>, c: number) => (list.length === 1 ? list[0]! : list[c]!);

const definitions: { readonly [K in OperationKind]: Compute<K> } = {
  conv(task) {
    const { operation, x, part } = task;
    const each = x.shape[2] / operation.groups;
    return (oy, ox, f) => {
      const first = Math.floor(f / (operation.filters / operation.groups)) * each;
      const products = taps(task, oy, ox).flatMap(({ ky, kx, ...p }) =>
        range(each).map(
          (i) =>
            at(x, p.y, p.x, first + i) *
            part('kernel')[((ky * operation.kernel[1] + kx) * each + i) * operation.filters + f]!,
        ),
      );
      return sum(products) + (part('bias')[f] ?? 0);
    };
  },
  depthwiseConv(task) {
    const { operation, x, part } = task;
    const outputs = x.shape[2] * operation.multiplier;
    return (oy, ox, f) => {
      const products = taps(task, oy, ox).map(
        ({ ky, kx, ...p }) =>
          at(x, p.y, p.x, Math.floor(f / operation.multiplier)) *
          part('kernel')[(ky * operation.kernel[1] + kx) * outputs + f]!,
      );
      return sum(products) + (part('bias')[f] ?? 0);
    };
  },
  transposedConv({ operation, node, x, part }) {
    const { kernel, stride, filters, groups } = operation;
    const [top, , , left] = node.geometry!.pads;
    const [height, width, channels] = x.shape;
    return (oy, ox, f) => {
      let total = part('bias')[f] ?? 0;
      for (let iy = 0; iy < height; iy++)
        for (let ix = 0; ix < width; ix++) {
          const [ky, kx] = [oy + top - iy * stride[0], ox + left - ix * stride[1]];
          if (ky < 0 || kx < 0 || ky >= kernel[0] || kx >= kernel[1]) continue;
          for (let c = 0; c < channels; c++) {
            const group = Math.floor(c / (channels / groups));
            if (group !== Math.floor(f / (filters / groups))) continue;
            const row = (ky * kernel[1] + kx) * (filters / groups) + (f % (filters / groups));
            total += at(x, iy, ix, c) * part('kernel')[row * channels + c]!;
          }
        }
      return total;
    };
  },
  locallyConnected(task) {
    const { operation, x, part, shape } = task;
    const { kernel, region, filters } = operation;
    const channels = x.shape[2];
    const length = kernel[0] * kernel[1] * channels;
    return (oy, ox, f) => {
      const cell = Math.floor(oy / region[0]) * Math.ceil(shape[1] / region[1]) + Math.floor(ox / region[1]);
      const products = taps(task, oy, ox).flatMap(({ ky, kx, ...p }) =>
        range(channels).map((c) => {
          const row = (ky * kernel[1] + kx) * channels + c;
          return at(x, p.y, p.x, c) * part('kernel')[(cell * length + row) * filters + f]!;
        }),
      );
      return sum(products) + (part('bias')[cell * filters + f] ?? 0);
    };
  },
  dense:
    ({ operation, x, part }) =>
    (_y, _x, unit) =>
      sum([...x.data].map((value, i) => value * part('kernel')[i * operation.units + unit]!)) +
      (part('bias')[unit] ?? 0),
  embeddingLookup:
    ({ operation: { dimension }, x, part }) =>
    (_y, _x, i) =>
      part('kernel')[x.data[Math.floor(i / dimension)]! * dimension + (i % dimension)]!,
  batchNorm:
    ({ operation, x, part }) =>
    (y, ox, c) => {
      const unit = (at(x, y, ox, c) - part('mean')[c]!) / Math.sqrt(part('variance')[c]! + operation.epsilon);
      return unit * (part('gamma')[c] ?? 1) + (part('beta')[c] ?? 0);
    },
  channelScale:
    ({ x, part }) =>
    (y, ox, c) =>
      at(x, y, ox, c) * part('gamma')[c]! + part('beta')[c]!,
  activation:
    ({ operation, x }) =>
    (y, ox, c) => {
      if (operation.function !== 'softmax') return activations[operation.function](at(x, y, ox, c));
      const row = range(x.shape[2]).map((i) => at(x, y, ox, i));
      const powers = row.map((value) => Math.exp(value - Math.max(...row)));
      return powers[c]! / sum(powers);
    },
  leakyRelu:
    ({ operation, x }) =>
    (y, ox, c) =>
      Math.max(at(x, y, ox, c), operation.slope * at(x, y, ox, c)),
  prelu:
    ({ x, part }) =>
    (y, ox, c) =>
      Math.max(at(x, y, ox, c), 0) + part('alpha')[c]! * Math.min(at(x, y, ox, c), 0),
  maxout:
    ({ operation: { pieces }, x }) =>
    (y, ox, c) =>
      Math.max(...range(pieces).map((piece) => at(x, y, ox, c * pieces + piece))),
  maxPool: (task) => (oy, ox, c) =>
    Math.max(
      ...taps(task, oy, ox)
        .filter(({ y, x }) => isInside(task.x, y, x))
        .map(({ y, x }) => at(task.x, y, x, c)),
    ),
  averagePool: (task) => (oy, ox, c) => {
    const [top, right, bottom, left] = task.operation.countPadding ? task.node.geometry!.pads : [0, 0, 0, 0];
    const [height, width] = task.x.shape;
    const counted = taps(task, oy, ox).filter(
      ({ y, x }) => y >= -top && y < height + bottom && x >= -left && x < width + right,
    );
    return sum(counted.map(({ y, x }) => at(task.x, y, x, c))) / Math.max(counted.length, 1);
  },
  lpPool: (task) => (oy, ox, c) => {
    const { p, form, kernel } = task.operation;
    const total = sum(taps(task, oy, ox).map(({ y, x }) => Math.abs(at(task.x, y, x, c)) ** p));
    return (form === 'sum' ? total : total / elementsOf(kernel)) ** (1 / p);
  },
  globalAveragePool:
    ({ x }) =>
    (_y, _x, c) => {
      const [height, width] = x.shape;
      return sum(range(height * width).map((i) => at(x, Math.floor(i / width), i % width, c))) / (height * width);
    },
  lrn:
    ({ operation: { size, alpha, beta, bias, form }, x }) =>
    (y, ox, c) => {
      // an even window reaches one channel farther up than down
      const first = c - Math.floor((size - 1) / 2);
      const near = range(size).map((i) => (first + i < 0 ? 0 : at(x, y, ox, first + i)));
      const factor = form === 'caffe' ? alpha / size : alpha;
      return at(x, y, ox, c) / (bias + factor * sum(near.map((value) => value * value))) ** beta;
    },
  dropout:
    ({ x }) =>
    (y, ox, c) =>
      at(x, y, ox, c),
  channelShuffle:
    ({ operation: { groups }, x }) =>
    (y, ox, c) =>
      at(x, y, ox, (c % groups) * (x.shape[2] / groups) + Math.floor(c / groups)),
  pad:
    ({ operation: { sides }, x }) =>
    (y, ox, c) =>
      at(x, y - sides[0], ox - sides[3], c),
  scale:
    ({ operation, x }) =>
    (y, ox, c) =>
      at(x, y, ox, c) * operation.factor,
  normalize:
    ({ operation: { mean, deviation }, x }) =>
    (y, ox, c) =>
      (at(x, y, ox, c) - channel(mean, c)) / channel(deviation, c),
  l2Normalize:
    ({ operation, x }) =>
    (y, ox, c) => {
      const length = Math.hypot(...range(x.shape[2]).map((i) => at(x, y, ox, i)));
      return at(x, y, ox, c) / Math.max(length, operation.epsilon);
    },
  concat:
    ({ inputs }) =>
    (y, ox, c) => {
      let channelsBefore = 0;
      for (const value of inputs) {
        if (c < channelsBefore + value.shape[2]) return at(value, y, ox, c - channelsBefore);
        channelsBefore += value.shape[2];
      }
      return Number.NaN;
    },
  add:
    ({ inputs }) =>
    (y, ox, c) =>
      sum(inputs.map((value) => at(value, y, ox, c))),
};
