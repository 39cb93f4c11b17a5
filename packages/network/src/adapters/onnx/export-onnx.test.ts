import { createRandom } from '@kith/core';
import { afterAll, describe, expect, test } from 'vitest';
import {
  activation,
  add,
  averagePool,
  batchNorm,
  channelScale,
  channelShuffle,
  concat,
  conv,
  dense,
  depthwise,
  dropout,
  elementsOf,
  globalAveragePool,
  initialWeights,
  type Layer,
  l2Normalize,
  layOut,
  leakyRelu,
  lpPool,
  lrn,
  maxPool,
  type Network,
  network,
  normalize,
  pad,
  prelu,
  scale,
  type Weights,
  type WeightTensor,
} from '../../index.ts';
import { onnxRuntimeNode } from '../runtime/onnxruntime-node.ts';
import { runReference } from '../tfjs/reference.test-support.ts';
import { exportOnnx } from './export-onnx.ts';

const runtime = await onnxRuntimeNode();
afterAll(() => runtime.dispose());

/** Every parameter away from what it does nothing at. */
function weightsOf(table: Network): Weights {
  const random = createRandom(7);
  return new Map(
    [...initialWeights(table)].map(([name, { shape, data }]) => {
      const isPositive = /(gamma|variance)$/.test(name);
      return [name, { shape, data: data.map(() => (isPositive ? 0.5 + random() : random() - 0.5)) }];
    }),
  );
}

const window = { kernel: [3, 2], stride: [2, 1], padding: [1, 0, 2, 1] } as const;
const ceil = { kernel: 3, stride: 2, padding: 'valid', ceil: true } as const;

describe('ONNX Runtime answers as loops over plain arrays do', () => {
  test.each<[string, readonly Layer[]]>([
    ['a convolution', [conv('x', 6, window)]],
    ['holes and groups', [conv('x', 4, { kernel: 3, dilation: 2, groups: 2, bias: false })]],
    ['a depthwise convolution', [depthwise('x', { ...window, multiplier: 2 })]],
    ['a batch norm', [conv('x', 4, { kernel: 1, norm: { epsilon: 1e-3 } }), batchNorm('y', { scale: false })]],
    ['a factor a channel', [channelScale('x'), scale('y', 0.17)]],
    [
      'activations',
      [activation('x', 'tanh'), leakyRelu('y'), prelu('z'), activation('r', 'relu6'), activation('s', 'sigmoid')],
    ],
    ['largest', [maxPool('x', window), maxPool('y', ceil)]],
    ['means', [averagePool('x', window), averagePool('y', ceil)]],
    ['means that count the padding', [averagePool('x', { kernel: 3, padding: 1, countPadding: true })]],
    ['roots of sums of squares', [lpPool('x', window)]],
    ['responses', [lrn('x', { alpha: 0.5 }), lrn('y', { alpha: 0.5, size: 3, form: 'tensorflow' })]],
    ['a shuffle', [channelShuffle('x', { groups: 2 })]],
    ['zeros around', [pad('x', [1, 2, 3, 0])]],
    ['an input range', [normalize('x', { mean: [1, 2, 3, 4], deviation: 2 }), dropout('y', 0.5)]],
    ['branches', [concat('x', [[conv('a', 3, { kernel: 1 })], []]), conv('y', 4, { kernel: 1 })]],
    ['a sum of unequals', [add('x', [[], [conv('a', 6, { kernel: 2, padding: 'valid' })]], { extend: true })]],
    ['dense layers', [dense('x', 5, { activation: 'relu' }), dense('y', 3, { bias: false, activation: 'softmax' })]],
    ['an embedding', [globalAveragePool('x'), l2Normalize('y')]],
  ])('%s', async (_, rows) => {
    const table = network('n', { input: [8, 7, 4] }, rows);
    const weights = weightsOf(table);
    const random = createRandom(3);
    const length = elementsOf(table.input);
    const data = Float32Array.from({ length: 2 * length }, () => 4 * random() - 2);
    const session = await runtime.load({ onnx: exportOnnx({ network: table, weights }) });
    const [got] = await session.run({ count: 2, data });
    const [output] = layOut(table).outputs as [string];
    const expected = [0, 1].flatMap((i) => [
      ...runReference(table, weights, data.subarray(i * length, (i + 1) * length)).get(output)!,
    ]);
    const largest = Math.max(...expected.map(Math.abs));
    expect(got).toHaveLength(expected.length);
    expect(largest).toBeGreaterThan(0);
    expect(Math.max(...expected.map((value, i) => Math.abs(value - got![i]!))) / largest).toBeLessThan(1e-5);
  });
});

test('the same table and weights give the same bytes', () => {
  const table = network('n', { input: [8, 7, 4] }, [conv('x', 6, window)]);
  expect(exportOnnx({ network: table, weights: weightsOf(table) })).toEqual(
    exportOnnx({ network: table, weights: weightsOf(table) }),
  );
});

test.each<[string, (weights: Map<string, WeightTensor>) => void]>([
  ['WEIGHTS_MISMATCH', (weights) => weights.delete('x/bias')],
  ['WEIGHTS_MISMATCH', (weights) => weights.set('x/bias', { shape: [5], data: new Float32Array(5) })],
  [
    'WEIGHTS_NOT_FINITE',
    (weights) => weights.set('x/bias', { shape: [6], data: new Float32Array(6).fill(Number.NaN) }),
  ],
])('weights that are not the table’s are refused: %s', (code, damage) => {
  const table = network('n', { input: [8, 7, 4] }, [conv('x', 6, { kernel: 3, norm: {} })]);
  const weights = new Map(weightsOf(table));
  damage(weights);
  expect(() => exportOnnx({ network: table, weights })).toThrow(expect.objectContaining({ code }));
});
