import { layOut, type Network, type Node, type Session, type Weights } from '@kith/network';

/** A tensor of tfjs, as far as it is used here. */
export interface Tensor {
  readonly shape: readonly number[];
  dataSync(): Float32Array;
  dispose(): void;
  clone(): Tensor;
  add(other: Tensor): Tensor;
  sub(other: Tensor): Tensor;
  mul(other: Tensor | number): Tensor;
  div(other: Tensor): Tensor;
  mean(axes: readonly number[]): Tensor;
  reshape(shape: readonly number[]): Tensor;
}

type Pair = readonly [number, number];
type Sides = readonly (readonly [before: number, after: number])[];

/** What of tfjs a plain run of a table needs. */
export interface Tfjs {
  tidy<Result>(run: () => Result): Result;
  tensor(values: Float32Array, shape: readonly number[]): Tensor;
  tensor3d(values: Uint8Array, shape: readonly number[], type: 'int32'): Tensor;
  pad(x: Tensor, sides: Sides, value?: number): Tensor;
  conv2d(x: Tensor, kernel: Tensor, stride: Pair, padding: 'valid'): Tensor;
  depthwiseConv2d(x: Tensor, kernel: Tensor, stride: Pair, padding: 'valid'): Tensor;
  maxPool(x: Tensor, kernel: Pair, stride: Pair, padding: 'valid'): Tensor;
  avgPool(x: Tensor, kernel: Pair, stride: Pair, padding: 'valid'): Tensor;
  batchNorm(x: Tensor, mean: Tensor, variance: Tensor, beta: Tensor, gamma: Tensor, epsilon: number): Tensor;
  relu(x: Tensor): Tensor;
  clipByValue(x: Tensor, min: number, max: number): Tensor;
  maximum(x: Tensor, y: Tensor): Tensor;
  matMul(x: Tensor, y: Tensor): Tensor;
}

/** Run a table operation by operation, as it is written: the oracle for what runs it faster. Knows what face-api's nets use. */
export function referenceSession(tf: Tfjs, network: Network, weights: Weights): Session {
  const graph = layOut(network);
  const learned = new Map([...weights].map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]));
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  return {
    input: network.input,
    outputs: graph.outputs.map((name) => ({ name, shape: nodes.get(name)!.shape })),
    async run({ count, data }) {
      const outputs = tf.tidy(() => {
        const values = new Map([['input', tf.tensor(Float32Array.from(data), [count, ...network.input])]]);
        for (const node of graph.nodes) {
          const inputs = node.inputs.map((name) => values.get(name)!);
          values.set(node.name, step(tf, node, { inputs, learned: (part) => learned.get(`${node.name}/${part}`)! }));
        }
        return graph.outputs.map((name) => values.get(name)!.clone());
      });
      return outputs.map((output) => {
        const values = output.dataSync().slice();
        output.dispose();
        return values;
      });
    },
    async dispose() {
      for (const tensor of learned.values()) tensor.dispose();
    },
  };
}

interface Operands {
  readonly inputs: readonly Tensor[];
  readonly learned: (part: string) => Tensor;
}

function step(tf: Tfjs, node: Node, { inputs, learned }: Operands): Tensor {
  const { operation } = node;
  const x = inputs[0]!;
  const constants = (values: readonly number[]) => tf.tensor(Float32Array.from(values), [values.length]);
  const biased = (y: Tensor, bias: boolean) => (bias ? y.add(learned('bias')) : y);
  switch (operation.kind) {
    case 'normalize':
      return x.sub(constants(operation.mean)).div(constants(operation.deviation));
    case 'conv':
      return biased(tf.conv2d(padded(tf, node, x), learned('kernel'), operation.stride, 'valid'), operation.bias);
    case 'depthwiseConv':
      return biased(
        tf.depthwiseConv2d(padded(tf, node, x), learned('kernel'), operation.stride, 'valid'),
        operation.bias,
      );
    case 'dense':
      return biased(tf.matMul(x.reshape([x.shape[0]!, -1]), learned('kernel')), operation.bias);
    case 'batchNorm': {
      const [mean, variance, beta, gamma] = ['mean', 'variance', 'beta', 'gamma'].map(learned);
      return tf.batchNorm(x, mean!, variance!, beta!, gamma!, operation.epsilon);
    }
    case 'channelScale':
      return x.mul(learned('gamma')).add(learned('beta'));
    case 'leakyRelu':
      return tf.maximum(x, x.mul(operation.slope));
    case 'activation':
      if (operation.function === 'relu') return tf.relu(x);
      if (operation.function === 'relu6') return tf.clipByValue(x, 0, 6);
      break;
    case 'maxPool':
      return tf.maxPool(padded(tf, node, x, -1e30), operation.kernel, operation.stride, 'valid');
    case 'averagePool':
      // what is padded would have to be left out of the mean
      if (node.geometry?.pads.some((px) => px > 0)) break;
      return tf.avgPool(x, operation.kernel, operation.stride, 'valid');
    case 'globalAveragePool':
      return x.mean([1, 2]);
    case 'add':
      return inputs.map((input) => extended(tf, input, node.shape)).reduce((sum, input) => sum.add(input));
  }
  throw new Error(`The reference does not run ${node.name}, a ${operation.kind}.`);
}

function padded(tf: Tfjs, { geometry }: Node, x: Tensor, value = 0): Tensor {
  const [top, right, bottom, left] = geometry!.pads;
  const sides: Sides = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return tf.pad(x, sides, value);
}

/** Zeros after the last row, column and channel, up to a shape. */
function extended(tf: Tfjs, x: Tensor, shape: readonly number[]): Tensor {
  return tf.pad(x, [[0, 0], ...shape.map((size, axis) => [0, size - x.shape[axis + 1]!] as const)]);
}
