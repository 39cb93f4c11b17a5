import { afterAll, describe, expect, test } from 'vitest';
import { exportOnnx, writeModel } from './adapters/onnx/export-onnx.ts';
import { onnxRuntimeNode } from './adapters/runtime/onnxruntime-node.ts';
import { expectClose, numbers, randomWeights } from './adapters/tfjs/numbers.test-support.ts';
import { runReference } from './adapters/tfjs/reference.test-support.ts';
import { count } from './count.ts';
import { foldBatchNorm, foldedNetwork, foldForServing } from './fold.ts';
import { layOut } from './graph.ts';
import {
  add,
  addOf,
  batchNorm,
  chain,
  channelScale,
  concat,
  conv,
  dense,
  depthwise,
  locallyConnected,
  maxPool,
  relu,
  scale,
  transposedConv,
} from './layers.ts';
import { type Network, network } from './network.ts';
import type { Layer, Step } from './operation.ts';
import { elementsOf, type Shape } from './shape.ts';
import { assertWeightsFit, initialWeights } from './weights.ts';
import { inceptionResNetV1 } from './zoo/inception-resnet-v1.ts';
import { mobilefacenet } from './zoo/mobilefacenet.ts';

const runtime = await onnxRuntimeNode({ threads: 2 });
afterAll(() => runtime.dispose());

const maps: Shape = [5, 6, 4];
const of = (...rows: readonly Layer[]) => network('n', { input: maps }, rows);
const from = (layer: Step, ...names: readonly string[]): Step => ({ ...layer, from: names });
const norm = { norm: { epsilon: 1e-2 } } as const;
const kinds = (table: Network) => layOut(table).nodes.map(({ operation }) => operation.kind);

function expectSameAnswer(table: Network): Network {
  const weights = randomWeights(table, 3);
  const folded = foldBatchNorm({ network: table, weights });
  expect(folded.network).toEqual(foldedNetwork(table));
  assertWeightsFit(folded.network, folded.weights);
  const input = numbers(elementsOf(table.input), 9);
  const [before, after] = [runReference(table, weights, input), runReference(folded.network, folded.weights, input)];
  const ends = layOut(folded.network).outputs;
  layOut(table).outputs.forEach((name, i) => {
    expectClose(after.get(ends[i]!)!, before.get(name)!, 1e-5);
  });
  return folded.network;
}

describe('a norm goes into', () => {
  test.each<[string, Network]>([
    ['a convolution', of(conv('a', 6, { kernel: 3, groups: 2, stride: 2, ...norm, activation: 'relu' }))],
    ['a convolution without bias', of(conv('a', 3, { kernel: 3, bias: false, ...norm }), maxPool('b', { kernel: 2 }))],
    ['a depthwise convolution', of(depthwise('a', { kernel: 3, multiplier: 3, ...norm, activation: 'prelu' }))],
    ['a transposed convolution of groups', of(transposedConv('a', 6, { kernel: 3, stride: 2, groups: 2, ...norm }))],
    ['a locally connected layer', of(locallyConnected('a', 3, { kernel: 2, region: [2, 3], ...norm }))],
    ['one without bias', of(locallyConnected('a', 2, { kernel: 3, stride: 2, bias: false, ...norm }))],
    ['a dense layer', of(dense('a', 5, { ...norm, activation: 'relu' }))],
    ['the layer before, whatever it learns', of(conv('a', 3, { kernel: 1, norm: { scale: false, center: false } }))],
    ['the layer before, then another', of(conv('a', 3, { kernel: 1, norm: { scale: false } }), channelScale('b'))],
    [
      'layers of branches and of chains in them',
      of(
        concat('a', [
          [chain('b', [conv('c', 3, { kernel: 1, ...norm }), conv('d', 2, { kernel: 3 }), batchNorm('e')])],
          [depthwise('f', { kernel: 3, ...norm })],
          [],
        ]),
        add('s', [[conv('g', 10, { kernel: 3, ...norm })], []]),
      ),
    ],
    [
      'layers that are all called by name, as in Caffe',
      of(
        conv('a', 4, { kernel: 3 }),
        from(batchNorm('a.norm'), 'a'),
        from(channelScale('a.scale'), 'a.norm'),
        relu('a.relu'),
        from({ ...conv('b', 4, { kernel: 1 }).layers[0]!, name: 'b' } as Step, 'input'),
        from(batchNorm('b.norm'), 'b'),
        addOf('sum', ['a.scale', 'b.norm']),
      ),
    ],
    [
      'a layer that is not the one before it',
      of(conv('a', 3, { kernel: 1 }), from(relu('b'), 'input'), from(batchNorm('c'), 'a'), relu('d')),
    ],
    [
      'a layer whose norm is wanted',
      network('n', { input: maps, outputs: ['b', 'c'] }, [conv('a', 3, { kernel: 1 }), batchNorm('b'), relu('c')]),
    ],
  ])('%s', (_, table) => {
    const folded = expectSameAnswer(table);
    const isNorm = (kind: string) => kind === 'batchNorm' || kind === 'channelScale';
    expect(kinds(folded).filter(isNorm)).toEqual([]);
    expect(kinds(folded)).toEqual(kinds(table).filter((kind) => !isNorm(kind)));
  });
});

describe('a norm stays', () => {
  test.each<[string, Network]>([
    ['after a pool', of(maxPool('a', { kernel: 2 }), batchNorm('b'))],
    ['after branches', of(concat('a', [[], []]), batchNorm('b'))],
    ['at the start', of(batchNorm('a'), conv('b', 2, { kernel: 1 }))],
    ['after an activation', of(conv('a', 2, { kernel: 1, activation: 'relu' }), batchNorm('b'))],
    [
      'where another layer reads what it reads',
      of(conv('a', 2, { kernel: 1 }), batchNorm('b'), addOf('c', ['a', 'b'])),
    ],
    ['where a branch does', of(conv('a', 2, { kernel: 1 }), add('b', [[batchNorm('c'), relu('d')], []]))],
    [
      'where what it reads is wanted',
      network('n', { input: maps, outputs: ['a', 'b'] }, [conv('a', 3, { kernel: 1 }), batchNorm('b')]),
    ],
    [
      'where its layer cannot be called by name',
      of(conv('a', 2, { kernel: 1, ...norm, activation: 'relu' }), addOf('b', ['a/norm', 'a'])),
    ],
    ['as all that a chain has', of(conv('a', 2, { kernel: 1 }), chain('b', [batchNorm('c')]), relu('d'))],
    [
      'as the end of a block that is elsewhere',
      of(conv('a', 3, { kernel: 1 }), from(relu('b'), 'input'), from(batchNorm('c'), 'a')),
    ],
  ])('%s', (_, table) => {
    expect(expectSameAnswer(table)).toEqual(table);
  });
});

test('folding is once and for all, and leaves the table and its weights as they were', () => {
  const table = of(conv('a', 6, { kernel: 3, bias: false, ...norm, activation: 'relu' }));
  const weights = randomWeights(table, 4);
  const before = structuredClone({ table, weights });
  const folded = foldBatchNorm({ network: table, weights });
  expect({ table, weights }).toEqual(before);
  expect(foldBatchNorm(folded)).toEqual(folded);
  expect([...folded.weights.keys()]).toEqual(['a/kernel', 'a/bias']);
});

test('a constant factor is folded for serving alone', () => {
  const table = of(add('a', [[conv('b', 4, { kernel: 1, bias: false, ...norm }), scale('c', -0.3)], []]));
  const model = { network: table, weights: randomWeights(table, 4) };
  expect(kinds(foldBatchNorm(model).network)).toEqual(['conv', 'scale', 'add']);
  const served = foldForServing(model);
  expect(kinds(served.network)).toEqual(['conv', 'add']);
  const input = numbers(elementsOf(maps), 2);
  const answer = runReference(served.network, served.weights, input).get('a')!;
  expectClose(answer, runReference(table, model.weights, input).get('a')!, 1e-5);
});

test('a folded network learns one number a channel for two', () => {
  // every convolution has a norm with gamma and beta and no bias
  const normed = layOut(mobilefacenet).nodes.filter(({ operation }) => operation.kind === 'batchNorm');
  const channels = normed.reduce((sum, { shape }) => sum + shape.at(-1)!, 0);
  expect(count(mobilefacenet).parameters - count(foldedNetwork(mobilefacenet)).parameters).toBe(channels);
});

test.each([mobilefacenet, inceptionResNetV1])('$name answers the same folded, by ONNX Runtime', async (table) => {
  const weights = initialWeights(table);
  const model = {
    network: table,
    // norms that do something, yet keep the signal's size
    weights: new Map(
      [...weights].map(([name, { shape, data }], i) => {
        const noise = /(beta|mean|gamma|variance)$/.test(name) ? numbers(data.length, i + 1) : undefined;
        return [name, { shape, data: noise ? data.map((value, c) => value + 0.3 * noise[c]!) : data }];
      }),
    ),
  };
  const [plain, folded] = [
    await runtime.load({ onnx: writeModel(model).finish() }),
    await runtime.load({ onnx: exportOnnx(model) }),
  ];
  expect(folded.outputs).toEqual(plain.outputs);
  const data = numbers(elementsOf(table.input), 6);
  const [[expected], [got]] = [await plain.run({ count: 1, data }), await folded.run({ count: 1, data })];
  expectClose(got!, expected!, 1e-5);
});
