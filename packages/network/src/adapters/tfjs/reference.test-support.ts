import {
  elementsOf,
  type Graph,
  inputName,
  layOut,
  type Maps,
  type Network,
  type OperationKind,
  type Shape,
  type Weights,
} from '../../index.ts';
import {
  at,
  type Compute,
  type ReadPart,
  range,
  sum,
  type Value,
  windowDefinitions,
} from './reference-windows.test-support.ts';

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

const activations = {
  relu: (x: number) => Math.max(x, 0),
  relu6: (x: number) => Math.min(Math.max(x, 0), 6),
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};

const channel = (list: ArrayLike<number>, c: number) => (list.length === 1 ? list[0]! : list[c]!);

const definitions: { readonly [K in OperationKind]: Compute<K> } = {
  ...windowDefinitions,
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
