import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  activation,
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
  embeddingLookup,
  globalAveragePool,
  initialWeights,
  type Layer,
  l2Normalize,
  layOut,
  leakyRelu,
  locallyConnected,
  lpPool,
  lrn,
  maxout,
  maxPool,
  type Network,
  network,
  normalize,
  type Padding,
  type Pair,
  pad,
  prelu,
  relu,
  type Shape,
  scale,
  transposedConv,
  type Weights,
} from '../../index.ts';
import { loadTensorFlow } from './backend.test-support.ts';
import { assignWeights, buildModel, operationLayer, readWeights } from './index.ts';
import { interpret } from './reference.test-support.ts';
import type { Tensor, TensorFlow } from './tensorflow.ts';

let tf: TensorFlow;
beforeAll(async () => {
  tf = await loadTensorFlow();
});

/** Numbers that repeat by seed, in (−1, 1), none near another's tie or a kink at zero more often than chance has it. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed * 2654435761 + 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * 0.95 + 0.01;
  });
}

function randomWeights(table: Network, seed: number): Weights {
  return new Map(
    [...initialWeights(table)].map(([name, { shape }], i) => {
      const data = numbers(elementsOf(shape), seed + 17 * (i + 1));
      return [name, { shape, data: name.endsWith('/variance') ? data.map((value) => value * value + 0.1) : data }];
    }),
  );
}

function run(table: Network, weights: Weights, inputs: readonly Float32Array[]): Float32Array {
  return tf.tidy(() => {
    const model = buildModel(tf, table, { weights });
    const batch = tf.tensor(Float32Array.from(inputs.flatMap((one) => [...one])), [inputs.length, ...table.input]);
    const output = (model.predictOnBatch(batch) as Tensor).dataSync() as Float32Array;
    model.dispose();
    return Float32Array.from(output);
  });
}

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-4): void {
  expect(got.length).toBe(expected.length);
  const largest = Math.max(1e-3, ...Array.from(expected, (value) => (Number.isFinite(value) ? Math.abs(value) : 0)));
  const misses = Array.from(expected, (value, i) => [i, got[i], value] as const).filter(
    ([, a, b]) => a !== b && !(Math.abs(a! - b) <= tolerance * largest),
  );
  expect(misses).toEqual([]);
}

const single = (input: Shape, layer: Layer) => network('one', { input }, [layer]);

function expectReference(table: Network, seed: number): void {
  const weights = randomWeights(table, seed);
  const inputs = [numbers(elementsOf(table.input), seed), numbers(elementsOf(table.input), seed + 1)];
  const name = layOut(table).outputs[0]!;
  const expected = inputs.flatMap((input) => [...interpret(table, weights, input).get(name)!]);
  // a window wholly beside the maps has no largest number
  fc.pre(expected.every(Number.isFinite));
  expectClose(run(table, weights, inputs), expected);
}

const side = fc.integer({ min: 1, max: 3 });
const pair = fc.tuple(side, side);
const padding = fc.oneof(
  fc.constantFrom<Padding>('same', 'valid', 1),
  fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 2 }))).map((sides) => sides as unknown as Padding),
);
const cases = fc.record({
  kernel: pair as fc.Arbitrary<Pair>,
  stride: pair as fc.Arbitrary<Pair>,
  padding,
  rest: fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })),
  dilation: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })) as fc.Arbitrary<Pair>,
  groups: fc.constantFrom(1, 2),
  flag: fc.boolean(),
  form: fc.constantFrom('sum' as const, 'mean' as const),
  region: pair as fc.Arbitrary<Pair>,
  seed: fc.integer({ min: 1, max: 1e6 }),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

const windowed: Readonly<Record<string, (drawn: Case) => Layer>> = {
  conv: ({ flag, ...o }) => conv('l', 4, { ...o, bias: flag }),
  depthwise: ({ flag, groups, ...o }) => depthwise('l', { ...o, multiplier: groups, bias: flag }),
  locallyConnected: ({ flag, ...o }) => locallyConnected('l', 3, { ...o, bias: flag }),
  maxPool: ({ flag, ...o }) => maxPool('l', { ...o, ceil: flag }),
  averagePool: ({ flag, ...o }) => averagePool('l', { ...o, ceil: flag, countPadding: o.groups === 2 }),
  lpPool: ({ flag, ...o }) => lpPool('l', { ...o, ceil: flag, p: o.groups + 1 }),
  // cut off no more than the kernel gives
  transposedConv: (o) => transposedConv('l', 4, { ...o, padding: o.flag ? 'same' : 'valid', bias: o.flag }),
};

describe('windows of every size, stride and padding equal plain loops', () => {
  for (const [name, layer] of Object.entries(windowed)) {
    test(name, () => {
      fc.assert(
        fc.property(cases, (drawn) => {
          const [down, across] = drawn.kernel.map((k, i) => (k - 1) * drawn.dilation[i]! + 1 + drawn.rest[i]!);
          expectReference(single([down!, across!, 4], layer(drawn)), drawn.seed);
        }),
        { numRuns: 40 },
      );
    });
  }
});

const maps: Shape = [3, 4, 6];
const plain: Readonly<Record<string, Network>> = {
  dense: single(maps, dense('l', 5)),
  'batch norm': single(maps, batchNorm('l')),
  'batch norm of a vector': single([6], batchNorm('l')),
  'batch norm without scale': single(maps, batchNorm('l', { scale: false })),
  'batch norm without center': single(maps, batchNorm('l', { center: false })),
  channelScale: single(maps, channelScale('l')),
  relu: single(maps, relu('l')),
  relu6: network('one', { input: maps }, [scale('s', 9), activation('l', 'relu6')]),
  sigmoid: single(maps, activation('l', 'sigmoid')),
  tanh: single(maps, activation('l', 'tanh')),
  softmax: single(maps, activation('l', 'softmax')),
  leakyRelu: single(maps, leakyRelu('l')),
  'leakyRelu steeper than one': single(maps, leakyRelu('l', { slope: 1.5 })),
  prelu: single(maps, prelu('l')),
  'prelu of a vector': single([6], prelu('l')),
  maxout: single(maps, maxout('l', { pieces: 3 })),
  'maxout of a vector': single([6], maxout('l', { pieces: 2 })),
  globalAveragePool: single(maps, globalAveragePool('l')),
  'lrn, caffe': single(maps, lrn('l', { size: 3, alpha: 0.7 })),
  'lrn, tensorflow': single(maps, lrn('l', { size: 3, alpha: 0.7, form: 'tensorflow', beta: 0.5 })),
  'lrn, even': single(maps, lrn('l', { size: 4, alpha: 0.7 })),
  dropout: single(maps, dropout('l', 0.5)),
  channelShuffle: single(maps, channelShuffle('l', { groups: 3 })),
  pad: single(maps, pad('l', [0, 1, 2, 3])),
  normalize: single(maps, normalize('l', { mean: [1, 2, 3, 4, 5, 6], deviation: 2 })),
  l2Normalize: single(maps, l2Normalize('l')),
  concat: single(maps, concat('l', [[relu('a')], [], [conv('b', 2, { kernel: 1 })]])),
  'add with extension': network('one', { input: maps }, [
    {
      name: 'l',
      branches: [[conv('b', 8, { kernel: 2, padding: 'valid' })], []],
      merge: { kind: 'add', extend: true },
    },
  ]),
};

describe('other operations equal plain loops', () => {
  for (const [name, table] of Object.entries(plain)) test(name, () => expectReference(table, 7));

  test('embeddingLookup', () => {
    const table = single([3], embeddingLookup('l', 5, 2));
    const weights = randomWeights(table, 3);
    const ids = Float32Array.of(4, 0, 2);
    expect(run(table, weights, [ids])).toEqual(Float32Array.from(interpret(table, weights, ids).get('l')!));
  });
});

const curved: Readonly<Record<string, Network>> = {
  ...plain,
  'conv, grouped and dilated': single([5, 6, 4], conv('l', 4, { kernel: 2, stride: 2, dilation: 2, groups: 2 })),
  'conv, asymmetric': single([5, 6, 2], conv('l', 3, { kernel: 3, stride: [2, 1], padding: [0, 1, 2, 1] })),
  'depthwise, two strides': single([5, 6, 2], depthwise('l', { kernel: 3, stride: [2, 1], multiplier: 2 })),
  transposedConv: single([3, 2, 4], transposedConv('l', 4, { kernel: 4, stride: 2, padding: 1, groups: 2 })),
  'locallyConnected, stride 2': single([7, 6, 2], locallyConnected('l', 3, { kernel: 3, stride: 2 })),
  'locallyConnected, stride 3 and padding': single(
    [7, 8, 2],
    locallyConnected('l', 2, { kernel: [2, 4], stride: [3, 2], padding: [1, 0, 2, 1] }),
  ),
  'locallyConnected, regions': single([7, 6, 2], locallyConnected('l', 3, { kernel: 2, stride: 1, region: [2, 3] })),
  maxPool: single([5, 6, 2], maxPool('l', { kernel: 3, stride: 2, padding: 1, ceil: true })),
  averagePool: single([5, 6, 2], averagePool('l', { kernel: 3, stride: 2, padding: 1, ceil: true })),
  'lpPool, sum': single([5, 6, 2], lpPool('l', { kernel: 3, stride: 2, padding: 1 })),
  'lpPool, mean of cubes': single([5, 6, 2], lpPool('l', { kernel: 2, p: 3, form: 'mean', ceil: true })),
};

/** The loss Σ outputs · fixed numbers, by the plain loops. */
function loss(table: Network, weights: Weights, input: Float32Array): number {
  const output = interpret(table, weights, input).get(layOut(table).outputs[0]!)!;
  const directions = numbers(output.length, 99);
  return output.reduce((total, value, i) => total + value * directions[i]!, 0);
}

/** Slope of `of` at `data`, number by number, by central differences. */
function slopes(data: Float32Array, of: (moved: Float32Array) => number): number[] {
  return Array.from(data, (value, i) => {
    const [up, down] = [data.slice(), data.slice()];
    up[i] = value + 1e-3;
    down[i] = value - 1e-3;
    return (of(up) - of(down)) / (up[i]! - down[i]!);
  });
}

describe('gradients equal finite differences of the plain loops', () => {
  for (const [name, table] of Object.entries(curved)) {
    test(name, () => {
      const weights = randomWeights(table, 5);
      const input = numbers(elementsOf(table.input), 11);
      const model = buildModel(tf, table, { weights });
      const x = tf.tensor(input, [1, ...table.input]);
      const objective = (batch: Tensor) => {
        const output = model.apply(batch) as Tensor;
        return output.mul(tf.tensor(numbers(output.size, 99), output.shape)).sum() as ReturnType<typeof tf.scalar>;
      };
      expectClose(
        tf.tidy(() => tf.grad(objective)(x).dataSync()),
        slopes(input, (moved) => loss(table, weights, moved)),
        2e-3,
      );
      const learning = layOut(table).nodes.flatMap(({ parameters }) => parameters.filter((p) => p.trainable));
      if (learning.length > 0) {
        const { grads } = tf.tidy(() => tf.variableGrads(() => objective(x)));
        for (const parameter of learning) {
          const variable = model.getLayer(parameter.name.slice(0, parameter.name.lastIndexOf('/'))).weights;
          const own = variable.find(({ originalName }) => originalName === parameter.name)!;
          const tensor = weights.get(parameter.name)!;
          const expected = slopes(tensor.data, (moved) =>
            loss(table, new Map([...weights, [parameter.name, { ...tensor, data: moved }]]), input),
          );
          expectClose(grads[own.name]!.dataSync(), expected, 2e-3);
        }
        tf.dispose(grads);
      }
      x.dispose();
      model.dispose();
    });
  }

  test('lpPool and l2Normalize of zeros are flat, not NaN', () => {
    for (const layer of [lpPool('l', { kernel: 2 }), l2Normalize('l')]) {
      const model = buildModel(tf, single([2, 2, 2], layer));
      const slope = tf.tidy(() =>
        tf
          .grad((x: Tensor) => (model.apply(x) as Tensor).sum())(tf.zeros([1, 2, 2, 2]))
          .dataSync(),
      );
      expect([...slope].every(Number.isFinite)).toBe(true);
      model.dispose();
    }
  });
});

describe('models', () => {
  test('save and load, weights read and assigned unchanged, no tensor left', async () => {
    operationLayer(tf);
    const before = tf.memory().numTensors;
    for (const table of Object.values(curved)) {
      const weights = randomWeights(table, 5);
      const model = buildModel(tf, table);
      assignWeights(tf, { model, network: table, weights });
      expect(readWeights(model)).toEqual(weights);
      let saved: Parameters<Parameters<typeof tf.io.withSaveHandler>[0]>[0] | undefined;
      await model.save(
        tf.io.withSaveHandler(async (artifacts) => {
          saved = artifacts;
          return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
        }),
      );
      const loaded = await tf.loadLayersModel(
        tf.io.fromMemory(
          JSON.parse(JSON.stringify(saved!.modelTopology)),
          saved!.weightSpecs,
          saved!.weightData as ArrayBuffer,
        ),
      );
      expect(readWeights(loaded)).toEqual(weights);
      tf.tidy(() => {
        const x = tf.tensor(numbers(elementsOf(table.input), 2), [1, ...table.input]);
        expect((loaded.predictOnBatch(x) as Tensor).dataSync()).toEqual((model.predictOnBatch(x) as Tensor).dataSync());
      });
      model.dispose();
      loaded.dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test('training brings a small network to its targets and moves the running statistics', async () => {
    const table = network('small', { input: [4, 4, 2] }, [
      conv('conv', 4, { kernel: 3, norm: { scale: false }, activation: 'relu' }),
      dropout('drop', 0.1),
      dense('fc', 2),
    ]);
    const model = buildModel(tf, table);
    model.compile({ optimizer: tf.train.adam(0.02), loss: 'meanSquaredError' });
    const x = tf.tensor(numbers(8 * 32, 3), [8, 4, 4, 2]);
    const y = tf.tensor(numbers(16, 4), [8, 2]);
    const { history } = await model.fit(x, y, { epochs: 60, verbose: 0 });
    expect(history.loss!.at(-1)).toBeLessThan((history.loss![0] as number) / 2);
    expect(
      readWeights(model)
        .get('conv/norm/mean')!
        .data.some((value) => value !== 0),
    ).toBe(true);
    tf.dispose([x, y]);
    model.dispose();
  });
});
