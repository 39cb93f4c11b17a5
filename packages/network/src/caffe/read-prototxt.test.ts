import { describe, expect, it, test } from 'vitest';
import { count } from '../count.ts';
import { layOut } from '../graph.ts';
import { inceptionV1, squeezenet11 } from '../zoo/index.ts';
import { googlenetText, head, layer, squeezenetText, trainValText } from './caffe-files.test-support.ts';
import { readPrototxt } from './read-prototxt.ts';

const totals = (network: Parameters<typeof count>[0]) => {
  const { input, parameters, macs, receptiveField } = count(network);
  return { input, parameters, macs, receptiveField };
};

describe('files of networks that the zoo has too', () => {
  test('GoogLeNet, in the newer form', () => {
    const read = readPrototxt(googlenetText());
    expect(totals(read)).toEqual(totals(inceptionV1));
    expect(read.name).toBe('GoogleNet');
    const outputOf = (table: typeof read, row: string) => count(table).rows.find(({ name }) => name === row)!.output;
    for (const [ours, caffes] of [
      ['3a', '3a/output'],
      ['4e', '4e/output'],
      ['pool4', 'pool4'],
      ['pool5', 'pool5'],
    ] as const) {
      expect(outputOf(read, caffes)).toEqual(outputOf(inceptionV1, ours));
    }
  });

  test('SqueezeNet 1.1, in the older form', () => {
    const read = readPrototxt(squeezenetText(), { name: 'squeezed' });
    // its mean of all places is a window in Caffe, and so counts as one that sees
    expect({ ...totals(read), receptiveField: 207 }).toEqual(totals(squeezenet11));
    expect(read.name).toBe('squeezed');
  });
});

describe('a file to train by', () => {
  const read = readPrototxt(trainValText);
  const { nodes, outputs } = layOut(read);
  const node = (name: string) => nodes.find((candidate) => candidate.name === name)!;

  test('is read as it is tested: its data of that phase, no losses, both heads', () => {
    expect(read.input).toEqual([32, 32, 1]);
    expect(outputs).toEqual(['aux', 'fc']);
    expect(read.rows.map(({ name }) => name)).toEqual(['conv1', 'dw2', 'sum', 'prelu', 'aux', 'shuffle', 'up', 'fc']);
  });

  test('what works in place belongs to the row before it, and what reads that row reads what became of it', () => {
    expect(nodes.filter(({ row }) => row === 0).map(({ name }) => name)).toEqual([
      'conv1',
      'conv1/bn1',
      'conv1/scale1',
      'conv1/relu1',
    ]);
    expect(node('sum').inputs).toEqual(['conv1/relu1', 'dw2']);
    expect(node('prelu').inputs).toEqual(['sum']);
    expect(node('aux').inputs).toEqual(['prelu']);
  });

  test('settings become those of our operations', () => {
    expect(node('conv1').operation).toEqual({
      kind: 'conv',
      kernel: [3, 5],
      stride: [1, 1],
      padding: [1, 2, 1, 2],
      dilation: [1, 1],
      filters: 8,
      groups: 1,
      bias: false,
    });
    expect(node('conv1/bn1').operation).toMatchObject({
      kind: 'batchNorm',
      epsilon: 1e-3,
      scale: false,
      center: false,
    });
    expect(node('conv1/scale1').operation).toEqual({ kind: 'channelScale' });
    expect(node('conv1/relu1').operation).toEqual({ kind: 'leakyRelu', slope: 0.1 });
    expect(node('dw2').operation).toMatchObject({ kind: 'depthwiseConv', multiplier: 1 });
    expect(node('shuffle').operation).toEqual({ kind: 'channelShuffle', groups: 2 });
    expect(node('up').shape).toEqual([64, 64, 4]);
    // Caffe's own counts: kernels, biases, slopes, scales and shifts
    const learnt = 3 * 5 * 8 + 16 + (9 * 8 + 8) + 8 + (32 * 32 * 8 * 10 + 10) + 8 * 4 * 16 + (64 * 64 * 4 * 10 + 10);
    expect(count(read).parameters).toBe(learnt);
  });
});

describe('single layers', () => {
  const first = (text: string) => layOut(readPrototxt(head + text)).nodes[0]!;

  it('pools with a last window over the edge, but for one that would start in the padding', () => {
    expect(first(layer('Pooling', 'pooling_param { kernel_size: 3 stride: 2 }')).shape).toEqual([4, 4, 3]);
    expect(first(layer('Pooling', 'pooling_param { kernel_size: 3 stride: 2 round_mode: FLOOR }')).shape).toEqual([
      3, 3, 3,
    ]);
    expect(first(layer('Pooling', 'pooling_param { kernel_size: 2 stride: 3 pad: 1 }')).shape).toEqual([3, 3, 3]);
    const mean = first(layer('Pooling', 'pooling_param { pool: AVE global_pooling: true }'));
    expect(mean).toMatchObject({
      shape: [1, 1, 3],
      operation: { kind: 'averagePool', kernel: [8, 8], countPadding: true },
    });
  });

  it('scales without summands as a depthwise 1×1', () => {
    const { parameters, shape } = first(layer('Scale'));
    expect([parameters.map((one) => one.shape), shape]).toEqual([[[1, 1, 3, 1]], [8, 8, 3]]);
  });

  it('keeps the row of a blob that another reads before it is changed in place', () => {
    const text = `${layer('TanH', '', { name: 'a', top: 'a' })}${layer('Sigmoid', '', { name: 'b', bottom: 'a', top: 'b' })}${layer('ReLU', '', { name: 'c', bottom: 'a', top: 'a' })}${layer('Power', 'power_param { scale: 2 }', { name: 'd', bottom: 'a', top: 'd' })}`;
    const { nodes, outputs } = layOut(readPrototxt(head + text));
    expect(nodes.map(({ name, inputs }) => [name, ...inputs])).toEqual([
      ['a', 'input'],
      ['b', 'a'],
      ['c', 'a'],
      ['d', 'c'],
    ]);
    expect(outputs).toEqual(['b', 'd']);
    const split = `${layer('TanH', '', { name: 'a', top: 'a' })}layer { name: "s" type: "Split" bottom: "a" top: "p" top: "q" }${layer('ReLU', '', { name: 'c', bottom: 'p', top: 'p' })}`;
    expect(layOut(readPrototxt(head + split)).nodes.map(({ name }) => name)).toEqual(['a', 'c']);
  });

  it('reads an Input layer, and vectors', () => {
    const text = 'layer { name: "in" type: "Input" top: "v" input_param { shape: { dim: 1 dim: 7 } } }';
    expect(readPrototxt(text + layer('Softmax', '', { bottom: 'v' })).input).toEqual([7]);
  });
});

describe('text format', () => {
  it('knows comments, both quotes, escapes, texts in pieces, lists, and both brackets', () => {
    const text = `name: 'a\\x62\\143' "d\\n\\"" # name: "no"\n input: "data" input_shape: < dim: [1, 3, 0x8, 010] >\n${layer('ReLU')}`;
    expect(readPrototxt(text)).toMatchObject({ name: 'abcd\n"', input: [8, 8, 3] });
  });
});
