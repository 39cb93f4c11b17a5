import { beforeAll, describe, expect, test } from 'vitest';
import { conv, dense, initialWeights, type Network, network, relu, type Weights } from '../../index.ts';
import { assignWeights, buildModel, loadTensorFlow, operationLayer, readWeights } from './index.ts';
import { randomInputs, randomWeights } from './numbers.test-support.ts';
import { tables } from './tables.test-support.ts';
import type { Tensor } from './tensorflow.ts';

const tf = await loadTensorFlow();
type Model = ReturnType<typeof buildModel>;

beforeAll(() => {
  operationLayer(tf);
});

function answer(model: Model, table: Network): Float32Array {
  return tf.tidy(() => {
    const x = tf.tensor(randomInputs(table, 1, 2), [1, ...table.input]);
    return Float32Array.from((model.predictOnBatch(x) as Tensor).dataSync());
  });
}

/** Save a model and load it again, by way of text and bytes. */
async function reloaded(model: Model): Promise<Model> {
  let saved: Parameters<Parameters<typeof tf.io.withSaveHandler>[0]>[0] | undefined;
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts;
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  });
  await model.save(handler);
  const { modelTopology, ...rest } = saved!;
  return tf.loadLayersModel(tf.io.fromMemory({ ...rest, modelTopology: JSON.parse(JSON.stringify(modelTopology)) }));
}

describe.each(tables)('%s', (_, table) => {
  const weights = randomWeights(table, 5);

  test('weights out and in again give the same model, and leave no tensor', () => {
    const before = tf.memory().numTensors;
    const first = buildModel(tf, table, { weights });
    const read = readWeights(first);
    expect(read).toEqual(weights);
    const second = buildModel(tf, table);
    assignWeights(tf, { model: second, network: table, weights: read });
    expect(answer(second, table)).toEqual(answer(first, table));
    first.dispose();
    second.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('saved and loaded by TensorFlow.js it is the same model, and leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    const model = buildModel(tf, table, { weights });
    const loaded = await reloaded(model);
    expect(readWeights(loaded)).toEqual(weights);
    expect(answer(loaded, table)).toEqual(answer(model, table));
    model.dispose();
    loaded.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

const table = network('two', { input: [4, 4, 2], outputs: ['fc', 'conv'] }, [
  conv('conv', 3, { kernel: 3, norm: {} }),
  relu('relu'),
  dense('fc', 5),
]);

test('a model starts from its seed, with outputs in the network’s order and layers by their names', () => {
  const model = buildModel(tf, table, { seed: 4 });
  expect(readWeights(model)).toEqual(initialWeights(table, { seed: 4 }));
  expect(model.outputs.map(({ shape }) => shape)).toEqual([
    [null, 5],
    [null, 4, 4, 3],
  ]);
  expect(model.layers.map(({ name }) => name)).toEqual(['input', 'conv', 'conv/norm', 'relu', 'fc']);
  expect(model.trainableWeights.map(({ originalName }) => originalName)).toEqual([
    'conv/kernel',
    'conv/bias',
    'conv/norm/gamma',
    'conv/norm/beta',
    'fc/kernel',
    'fc/bias',
  ]);
  model.dispose();
});

test('weights that do not fit are refused by their code, and the model keeps its own', () => {
  const weights = initialWeights(table);
  const without = new Map([...weights].slice(1));
  const broken = new Map([...weights, ['fc/bias', { shape: [5], data: Float32Array.of(1, 2, Number.NaN, 4, 5) }]]);
  const before = tf.memory().numTensors;
  expect(() => buildModel(tf, table, { weights: without })).toThrow(
    expect.objectContaining({ code: 'WEIGHTS_MISMATCH' }),
  );
  expect(tf.memory().numTensors).toBe(before);
  const model = buildModel(tf, table, { weights });
  const assign = (others: Weights) => assignWeights(tf, { model, network: table, weights: others });
  expect(() => assign(without)).toThrow(expect.objectContaining({ code: 'WEIGHTS_MISMATCH' }));
  expect(() => assign(broken)).toThrow(expect.objectContaining({ code: 'WEIGHTS_NOT_FINITE' }));
  expect(readWeights(model)).toEqual(weights);
  model.dispose();
});

test('a model keeps its weights where the caller’s numbers change afterwards', () => {
  const weights = initialWeights(table);
  const model = buildModel(tf, table, { weights });
  weights.get('fc/kernel')!.data.fill(7);
  expect(readWeights(model)).toEqual(initialWeights(table));
  model.dispose();
});
