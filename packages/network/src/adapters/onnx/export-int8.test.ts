import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  add,
  type Batch,
  conv,
  dense,
  elementsOf,
  embeddingLookup,
  initialWeights,
  l2Normalize,
  layOut,
  leakyRelu,
  locallyConnected,
  maxPool,
  mobilefacenetOf,
  type Network,
  network,
  normalize,
  relu,
  resized,
  scale,
  squeezenet11,
  type Weights,
} from '../../index.ts';
import { onnxRuntimeNode } from '../runtime/onnxruntime-node.ts';
import { expectClose, numbers, randomWeights } from '../tfjs/numbers.test-support.ts';
import { runReference } from '../tfjs/reference.test-support.ts';
import { bytesFor, quantizationOf, type Spread } from './clip-range.ts';
import { exportInt8 } from './export-int8.ts';
import { exportOnnx } from './export-onnx.ts';
import { readOnnxHeader } from './onnx-header.ts';
import { modelMessage } from './onnx-schema.ts';
import { quantizedKernel } from './quantized-kernel.ts';

const runtime = await onnxRuntimeNode({ threads: 2 });
afterAll(() => runtime.dispose());

describe('the range that bytes stand for', () => {
  const rounded = (value: number, { scale, zeroPoint }: { scale: number; zeroPoint: number }) =>
    (Math.min(255, Math.max(0, Math.round(value / scale) + zeroPoint)) - zeroPoint) * scale;
  /** 2048 bins between −2 and 2. */
  const middleOf = (bin: number) => -2 + (bin + 0.5) / 512;
  const error = ({ counts }: Spread, bytes: { scale: number; zeroPoint: number }) =>
    counts.reduce((sum, count, i) => sum + count * (middleOf(i) - rounded(middleOf(i), bytes)) ** 2, 0);

  test('holds zero exactly, and all between its ends to half a step', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e3, max: 0, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        (low, high) => {
          const bytes = bytesFor([low, high]);
          expect(rounded(0, bytes)).toBeCloseTo(0, 12);
          for (const value of [low, low / 3, high / 7, high]) {
            expect(Math.abs(rounded(value, bytes) - value)).toBeLessThanOrEqual(bytes.scale * 1.001);
          }
        },
      ),
    );
  });

  test('is narrower where few values lie far out, and then errs less', () => {
    const counts = Float64Array.from({ length: 2048 }, (_, i) => (Math.abs(middleOf(i)) < 1 ? 1000 : 1e-3));
    const spread = { low: -2, high: 2, counts };
    const [chosen, whole] = [quantizationOf(spread), bytesFor([-2, 2])];
    expect(chosen.scale).toBeLessThan(0.6 * whole.scale);
    expect(error(spread, chosen)).toBeLessThan(0.5 * error(spread, whole));
  });

  test('is the whole range where values are spread evenly', () => {
    const { scale } = quantizationOf({ low: -2, high: 2, counts: new Float64Array(2048).fill(1000) });
    expect(scale).toBeGreaterThan((0.97 * 4) / 255);
  });
});

test.each([
  [0, 127],
  [1, 127],
  [0, 64],
])('a kernel is rounded by half of its channel’s step at most, channels on axis %i, to %i', (axis, largest) => {
  const dims = [5, 3, 2];
  const data = numbers(30, 8);
  const kernel = quantizedKernel({ data, dims }, axis, { largest });
  for (let i = 0; i < 30; i++) {
    const c = axis === 0 ? Math.floor(i / 6) : Math.floor(i / 2) % 3;
    expect(Math.abs(kernel.data[i]! * kernel.scales[c]! - data[i]!)).toBeLessThanOrEqual(kernel.scales[c]! * 0.501);
  }
  expect(Math.max(...kernel.data.map(Math.abs))).toBe(largest);
});

/** Every constant of a file, as numbers, by name. */
function constantsOf(onnx: Uint8Array): ReadonlyMap<string, readonly number[]> {
  interface Tensor {
    readonly name: string;
    readonly dataType: number;
    readonly rawData: Uint8Array;
  }
  const { graph } = modelMessage.decode(onnx) as unknown as { graph: { initializer: readonly Tensor[] } };
  const views = { 1: Float32Array, 2: Uint8Array, 3: Int8Array, 6: Int32Array, 7: BigInt64Array } as const;
  return new Map(
    graph.initializer.map(({ name, dataType, rawData }) => {
      const bytes = rawData.slice().buffer as ArrayBuffer;
      return [name, Array.from(new views[dataType as keyof typeof views](bytes), Number)];
    }),
  );
}

const batchOf = (table: Network, count: number, seed: number): Batch => ({
  count,
  data: numbers(count * elementsOf(table.input), seed),
});

test('ONNX Runtime computes what integer arithmetic in plain loops gives', async () => {
  const table = network('n', { input: [4, 5, 8] }, [conv('a', 3, { kernel: 3, activation: 'relu' }), dense('b', 4)]);
  const weights = randomWeights(table, 6);
  const onnx = await exportInt8({ network: table, weights }, [batchOf(table, 8, 2)]);
  const constants = constantsOf(onnx);
  const scalar = (name: string) => constants.get(name)![0]!;
  const round = (data: Float32Array, value: string) => {
    const [scale, zero] = [scalar(`${value}:scale`), scalar(`${value}:zero`)];
    return data.map((x) => (Math.min(255, Math.max(0, Math.round(x / scale) + zero)) - zero) * scale);
  };
  const [integers, scales] = [constants.get('a:kernel:int8')!, constants.get('a:kernel:scale')!];
  // [out, in, h, w] back to [h, w, in, out]
  const kernel = Float32Array.from({ length: 216 }, (_, i) => {
    const [f, c, p] = [i % 3, Math.floor(i / 3) % 8, Math.floor(i / 24)];
    return integers[(f * 8 + c) * 9 + p]! * scales[f]!;
  });
  const { data } = batchOf(table, 1, 5) as { data: Float32Array };
  const first = runReference(
    { ...table, rows: table.rows.slice(0, 1) },
    new Map<string, Weights extends ReadonlyMap<string, infer T> ? T : never>([
      ['a/kernel', { shape: [3, 3, 8, 3], data: kernel }],
      ['a/bias', weights.get('a/bias')!],
    ]),
    round(data, 'input:maps'),
  ).get('a/relu')!;
  const second = { ...table, input: [60] as const, rows: table.rows.slice(1) };
  const expected = runReference(second, weights, round(first, 'a/relu:value')).get('b')!;
  const session = await runtime.load({ onnx });
  const [got] = await session.run({ count: 1, data });
  // a number that lies on the border of two bytes may go either way
  expectClose(got!, expected, 1e-2);
});

function cosines(a: Float32Array, b: Float32Array, length: number): readonly number[] {
  return Array.from({ length: a.length / length }, (_, i) => {
    const [x, y] = [a, b].map((all) => all.subarray(i * length, (i + 1) * length)) as [Float32Array, Float32Array];
    const dot = (u: Float32Array, v: Float32Array) => u.reduce((sum, value, k) => sum + value * v[k]!, 0);
    return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  });
}

describe('8-bit integers point where floats do', () => {
  test.each<[string, Network, number]>([
    ['MobileFaceNet', mobilefacenetOf({ input: [48, 48] }), 0.95],
    ['SqueezeNet', resized(squeezenet11, [64, 64, 3]), 0.99],
    [
      'layers that stay floats between those that do not',
      network('n', { input: [12, 12, 3] }, [
        normalize('pixels', { mean: 0.1, deviation: 2 }),
        conv('a', 8, { kernel: 3, norm: {}, activation: 'relu6' }),
        maxPool('b', { kernel: 2, stride: 3, padding: 1, ceil: true }),
        locallyConnected('c', 8, { kernel: 2, activation: 'relu' }),
        conv('d', 8, { kernel: 1, activation: 'prelu' }),
        maxPool('p', { kernel: 2, padding: [0, 1, 1, 0] }),
        leakyRelu('l'),
        add('s', [[conv('h', 8, { kernel: 3 }), scale('i', 0.5)], [], [relu('j')]]),
        dense('e', 16, { activation: 'relu' }),
        dense('f', 8),
        l2Normalize('g'),
      ]),
      0.99,
    ],
  ])('%s', async (_, table, least) => {
    const model = { network: table, weights: initialWeights(table) };
    const files = [exportOnnx(model), await exportInt8(model, [batchOf(table, 3, 1), batchOf(table, 5, 2)])] as const;
    expect(readOnnxHeader(files[1])).toEqual(readOnnxHeader(files[0]));
    const [floats, integers] = [await runtime.load({ onnx: files[0] }), await runtime.load({ onnx: files[1] })];
    const batch = batchOf(table, 4, 9);
    const [[expected], [got]] = [await floats.run(batch), await integers.run(batch)];
    for (const cosine of cosines(expected!, got!, floats.outputs[0]!.shape.at(-1)!)) {
      expect(cosine).toBeGreaterThan(least);
      expect(cosine).toBeLessThan(0.9999999);
    }
  });
});

test('convolutions are integers, but the first, of colours, and the last', async () => {
  const table = resized(squeezenet11, [64, 64, 3]);
  const onnx = await exportInt8({ network: table, weights: initialWeights(table) }, [batchOf(table, 1, 1)]);
  const convs = layOut(table).nodes.filter(({ operation }) => operation.kind === 'conv');
  const rounded = [...constantsOf(onnx).keys()].filter((name) => name.endsWith(':kernel:int8'));
  expect(rounded).toEqual(convs.slice(1, -1).map(({ name }) => `${name}:kernel:int8`));
});

test('a channel without weights, or with next to none, keeps its bias', async () => {
  const table = network('n', { input: [4, 5, 8] }, [conv('a', 3, { kernel: 1, activation: 'relu' }), dense('b', 3)]);
  const weights = new Map(randomWeights(table, 6));
  const bias = Float32Array.of(0.5, 0.7, 0.9);
  const kernel = weights.get('a/kernel')!.data.map((value, i) => value * [1, 0, 1e-12][i % 3]!);
  // the answer is the sum of each channel
  const sums = Float32Array.from({ length: 180 }, (_, i) => (Math.floor(i / 3) % 3 === i % 3 ? 1 : 0));
  weights.set('a/kernel', { shape: [1, 1, 8, 3], data: kernel });
  weights.set('a/bias', { shape: [3], data: bias });
  weights.set('b/kernel', { shape: [60, 3], data: sums });
  weights.set('b/bias', { shape: [3], data: new Float32Array(3) });
  const onnx = await exportInt8({ network: table, weights }, [batchOf(table, 8, 2)]);
  const [got] = await (await runtime.load({ onnx })).run(batchOf(table, 1, 5));
  expect(got![1]! / 20).toBeCloseTo(0.7, 1);
  expect(got![2]! / 20).toBeCloseTo(0.9, 1);
});

test('a file of integers has less than half the size, small as its convolutions are', async () => {
  const table = mobilefacenetOf({ input: [48, 48] });
  const model = { network: table, weights: initialWeights(table) };
  const integers = await exportInt8(model, [batchOf(table, 1, 1)]);
  expect(integers.length).toBeLessThan(0.45 * exportOnnx(model).length);
});

test('calibration needs inputs, of the network’s size', async () => {
  const table = network('n', { input: [4, 4, 2] }, [conv('a', 3, { kernel: 1 }), relu('r'), dense('b', 2)]);
  const model = { network: table, weights: initialWeights(table) };
  for (const batches of [[], [{ count: 0, data: new Float32Array() }], [{ count: 2, data: new Float32Array(63) }]]) {
    await expect(exportInt8(model, batches)).rejects.toMatchObject({ code: 'USAGE' });
  }
});

test('the largest weight of each channel is what was asked for, and fits a byte', async () => {
  const table = network('n', { input: [2, 2, 8] }, [conv('a', 3, { kernel: 1 }), relu('r'), dense('b', 2)]);
  const model = { network: table, weights: randomWeights(table, 4) };
  const constants = constantsOf(await exportInt8(model, [batchOf(table, 2, 1)], { largestWeight: 64 }));
  const [kernel, ...others] = [...constants].filter(([name]) => name.endsWith(':int8')).map(([, values]) => values);
  expect(others).toEqual([]);
  // 3 channels of 8 weights
  for (let c = 0; c < 3; c++) expect(Math.max(...kernel!.slice(8 * c, 8 * c + 8).map(Math.abs))).toBe(64);
  for (const largestWeight of [0, 128, 1.5, Number.NaN]) {
    await expect(exportInt8(model, [batchOf(table, 2, 1)], { largestWeight })).rejects.toMatchObject({ code: 'USAGE' });
  }
});

test('what has nothing to round is written as it is', async () => {
  const table = network('n', { input: [3] }, [embeddingLookup('words', 5, 4), dense('b', 2)]);
  const model = { network: table, weights: initialWeights(table) };
  expect(await exportInt8(model, [{ count: 1, data: Float32Array.of(0, 4, 2) }])).toEqual(exportOnnx(model));
});
