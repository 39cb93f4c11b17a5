import { afterAll, describe, test } from 'vitest';
import {
  averagePool,
  channelShuffle,
  concat,
  conv,
  dense,
  depthwise,
  elementsOf,
  embeddingLookup,
  type Layer,
  layOut,
  locallyConnected,
  lpPool,
  lrn,
  maxPool,
  type Network,
  network,
  prelu,
  relu,
  type Shape,
  transposedConv,
} from '../../index.ts';
import { onnxRuntimeNode } from '../runtime/onnxruntime-node.ts';
import { expectClose, randomInputs, randomWeights } from '../tfjs/numbers.test-support.ts';
import { runReference } from '../tfjs/reference.test-support.ts';
import { tables } from '../tfjs/tables.test-support.ts';
import { exportOnnx } from './export-onnx.ts';

const runtime = await onnxRuntimeNode();
afterAll(() => runtime.dispose());

async function expectAgreement(table: Network, weights = randomWeights(table, 5)): Promise<void> {
  const session = await runtime.load({ onnx: exportOnnx({ network: table, weights }) });
  const length = elementsOf(table.input);
  const [output] = layOut(table).outputs as [string];
  for (const count of [1, 3]) {
    const data = randomInputs(table, count, 3 + count);
    const [got] = await session.run({ count, data });
    const expected = Array.from({ length: count }, (_, i) => [
      ...runReference(table, weights, data.subarray(i * length, (i + 1) * length)).get(output)!,
    ]).flat();
    expectClose(got!, expected, 1e-5);
  }
  await session.dispose();
}

describe('ONNX Runtime answers as plain loops do, one input or three', () => {
  test.each(tables)('%s', async (_, table) => {
    await expectAgreement(table);
  });

  const of = (input: Shape, ...rows: readonly Layer[]) => network('more', { input }, rows);
  test.each<[string, Network]>([
    [
      'a transposed convolution cut by more than its kernel',
      of([5, 4, 2], transposedConv('l', 3, { kernel: 2, stride: 3, padding: 2 })),
    ],
    [
      'a transposed convolution that leaves gaps',
      of([3, 3, 4], transposedConv('l', 6, { kernel: 2, stride: [3, 4], groups: 2, padding: 'same' })),
    ],
    [
      'a locally connected layer of whole regions',
      of([6, 8, 3], locallyConnected('l', 2, { kernel: [3, 1], region: [2, 4], bias: false })),
    ],
    [
      'one whose only region is all',
      of([6, 5, 2], locallyConnected('l', 4, { kernel: 3, region: 9, padding: 'same' })),
    ],
    [
      'regions of whole rows',
      of([5, 5, 2], locallyConnected('l', 2, { kernel: 3, region: [1, 3], padding: [1, 0, 0, 2] })),
    ],
    [
      'locally connected layers one after the other',
      of(
        [9, 9, 2],
        locallyConnected('a', 3, { kernel: 3, activation: 'relu' }),
        locallyConnected('b', 2, { kernel: 3, stride: 2 }),
        dense('c', 3),
      ),
    ],
    [
      'a mean whose edge is as wide as its kernel',
      of([4, 5, 2], averagePool('l', { kernel: 2, stride: 2, padding: 2, ceil: true })),
    ],
    [
      'the same, counting',
      of([4, 5, 2], averagePool('l', { kernel: [2, 3], stride: 3, padding: 2, ceil: true, countPadding: true })),
    ],
    [
      'the largest where edge and overhang reach the kernel',
      of([4, 6, 2], maxPool('l', { kernel: 2, stride: 3, padding: 1, ceil: true })),
    ],
    [
      'a power that is no whole number',
      of(
        [5, 5, 2],
        lpPool('l', { kernel: 3, stride: 2, padding: 1, p: 2.5 }),
        lpPool('m', { kernel: 2, p: 1.5, form: 'mean', ceil: true }),
      ),
    ],
    [
      'responses and a shuffle of a vector',
      of([6], lrn('l', { size: 3, alpha: 0.7 }), channelShuffle('m', { groups: 2 })),
    ],
    [
      'a sum of three, of vectors of unequal length',
      of([6], { name: 's', branches: [[dense('a', 4)], [dense('b', 5)], []], merge: { kind: 'add', extend: true } }),
    ],
    ['vectors side by side', of([3], concat('l', [[dense('a', 2)], []]), relu('r'))],
    ['looked-up rows in a network', of([5], embeddingLookup('l', 7, 3), dense('m', 4))],
    ['maps of one channel, and of one place, as a row', of([3, 4, 1], dense('l', 3))],
    [
      'a convolution as large as its input, then a row',
      of([3, 4, 2], conv('a', 5, { kernel: [3, 4], padding: 'valid' }), dense('l', 3)),
    ],
    [
      'unequal strides and dilation in groups of channels',
      of([9, 8, 4], depthwise('a', { kernel: [3, 2], dilation: 2, stride: [1, 2], padding: [2, 1, 0, 3] })),
    ],
  ])('%s', async (_, table) => {
    await expectAgreement(table);
  });

  test('slopes above one and below zero', async () => {
    const table = of([4, 3, 3], prelu('l'));
    await expectAgreement(table, new Map([['l/alpha', { shape: [3], data: Float32Array.of(1.5, -0.7, 0.2) }]]));
  });
});
