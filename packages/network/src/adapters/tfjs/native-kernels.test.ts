import { describe, expect, test } from 'vitest';
import {
  activation,
  batchNorm,
  conv,
  dense,
  depthwise,
  type Layer,
  layOut,
  lpPool,
  type Maps,
  maxPool,
  type Network,
  network,
  prelu,
  relu,
} from '../../index.ts';
import { buildModel, loadTensorFlow, readWeights } from './index.ts';
import { expectClose, numbers, randomInputs, randomWeights } from './numbers.test-support.ts';
import { poolMax } from './pools.ts';
import type { Tensor, Tensor4D } from './tensorflow.ts';
import type { Of } from './windows.ts';

const tf = await loadTensorFlow();
const hasLibrary = tf.getBackend() === 'tensorflow';

const layers: Readonly<Record<string, readonly Layer[]>> = {
  'batch norm': [batchNorm('norm', { momentum: 0.8 })],
  'batch norm that keeps nothing': [batchNorm('norm', { momentum: 0 })],
  'batch norm without scale and center': [batchNorm('norm', { scale: false, center: false })],
  relu: [relu('relu')],
  relu6: [activation('relu6', 'relu6')],
  prelu: [prelu('prelu')],
  'largest of windows that overlap': [maxPool('pool', { kernel: 3, stride: 1 })],
  'largest of windows that reach over the edge': [maxPool('pool', { kernel: 3, stride: 2, padding: 1, ceil: true })],
  'square roots of sums': [lpPool('pool', { kernel: 2 })],
  biases: [conv('conv', 5, { kernel: 3 }), depthwise('depthwise', { kernel: 3 })],
  'all in a row': [
    conv('conv', 8, { kernel: 3, bias: false, norm: {}, activation: 'prelu' }),
    depthwise('depthwise', { kernel: 3, stride: 2, bias: false, norm: {}, activation: 'relu' }),
    dense('fc', 4, { bias: false }),
    batchNorm('norm'),
    prelu('prelu'),
  ],
};

interface Answers {
  readonly output: ArrayLike<number>;
  readonly byInput: ArrayLike<number>;
  /** Slopes by what is learnt, then what is kept, by name. */
  readonly named: ReadonlyMap<string, ArrayLike<number>>;
}

/** All numbers of one step of a table, computed by one of TensorFlow.js's backends. */
async function answers(table: Network, { backend, training }: { backend: string; training: boolean }) {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const model = buildModel(tf, table, { weights: randomWeights(table, 3) });
  let found: Answers | undefined;
  tf.tidy(() => {
    const x = tf.variable(tf.tensor(randomInputs(table, 3, 4), [3, ...table.input]).mul(3));
    let output: Tensor | undefined;
    const { grads } = tf.variableGrads(() => {
      output = tf.keep(model.apply(x, { training }) as Tensor);
      // along numbers that a norm does not take out
      return output.mul(tf.tensor(numbers(output.size, 99), output.shape)).sum();
    });
    const slopes = model.trainableWeights.map(({ name, originalName }) => [originalName, grads[name]!.dataSync()]);
    const kept = [...readWeights(model)].map(([name, { data }]) => [`${name}, kept`, data]);
    const byInput = grads[x.name]!.dataSync();
    const values = output!.dataSync();
    tf.dispose([output!, x]);
    found = { output: values, byInput, named: new Map([...slopes, ...kept] as [string, ArrayLike<number>][]) };
  });
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
  await tf.setBackend('tensorflow');
  return found!;
}

describe.skipIf(!hasLibrary)("TensorFlow's kernels give what TensorFlow.js composes", () => {
  const cases = Object.keys(layers).flatMap((name) => [
    [name, 'in training', true] as const,
    [name, 'with statistics that stay', false] as const,
  ]);
  test.each(cases)('%s, %s', async (name, _, training) => {
    const table = network('one', { input: [5, 6, 4] }, layers[name]!);
    const expected = await answers(table, { backend: 'cpu', training });
    const got = await answers(table, { backend: 'tensorflow', training });
    expectClose(got.output, expected.output, 1e-5);
    expectClose(got.byInput, expected.byInput, 1e-4);
    expect([...got.named.keys()]).toEqual([...expected.named.keys()]);
    for (const [part, numbers] of expected.named) expectClose(got.named.get(part)!, numbers, 1e-4);
  });
});

test.skipIf(!hasLibrary)('where TensorFlow has no oneDNN, pools give the same by the places of the largest', () => {
  const { nodes } = layOut(network('one', { input: [7, 6, 3] }, [maxPool('pool', { kernel: 3, stride: 2 })]));
  const { operation, geometry, inputShapes, shape } = nodes[0]!;
  const place = { geometry: geometry!, input: inputShapes[0] as Maps, output: shape as Maps };
  const backend = tf.backend() as unknown as { executeMultipleOutputs: (name: string, ...rest: unknown[]) => Tensor[] };
  const called: string[] = [];
  const watched = Object.create(backend, {
    executeMultipleOutputs: {
      value(name: string, ...rest: unknown[]) {
        called.push(name);
        if (name.startsWith('_Mkl')) throw new Error(`There is no ${name}.`);
        return backend.executeMultipleOutputs(name, ...rest);
      },
    },
  });
  const without = { ...tf, backend: () => watched } as typeof tf;
  const [expected, got] = [tf, without].map((one) =>
    tf.tidy(() => {
      const x = tf.tensor(numbers(2 * 7 * 6 * 3, 5), [2, 7, 6, 3]);
      const pooled = (input: Tensor) =>
        poolMax(one, { operation: operation as Of<'maxPool'>, x: input as Tensor4D, place });
      return [
        pooled(x).dataSync(),
        tf
          .grad((input: Tensor) => pooled(input).square().sum())(x)
          .dataSync(),
      ];
    }),
  );
  expect(called).toContain('MaxPoolWithArgmax');
  expect(got).toEqual(expected);
});
