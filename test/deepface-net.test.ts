import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  deepfaceEmbedder,
  deepfaceFeatures,
  deepfaceFeaturesOf,
  smallDeepface,
  takeMaxima,
  trainingMaxima,
  withMaxima,
} from '@kith/alignment';
import { createImage, createRandom, identityAffine } from '@kith/core';
import { initialWeights, type Weights } from '@kith/network';
import { exportOnnx } from '@kith/network/onnx';
import { onnxRuntimeNode } from '@kith/network/runtime';
import { assignWeights, buildModel, loadTensorFlow, readWeights as readModel } from '@kith/network/tfjs';
import { readWeights, writeWeights } from '@kith/network/weights';
import { afterAll, beforeAll, expect, test } from 'vitest';

const tf = await loadTensorFlow();
type Tensor = ReturnType<typeof tf.zeros>;

const people = 4;
const faces = 16;
const sidePx = 76;
const steps = 12;
const table = smallDeepface({ classes: people });
const featureTable = deepfaceFeaturesOf(table);
const pixels = drawFaces();
const labels = Int32Array.from({ length: faces }, (_, face) => face % people);

let losses: number[];
let weights: Weights;
let activations: Float32Array;
let maxima: Float32Array;
let folder: string;
let tensorsLeft: number;

/** Bytes of noisy pictures with a blob each, whose place is its person's: `[faces, side, side, 3]`. */
function drawFaces(): Uint8Array {
  const random = createRandom(4);
  return Uint8Array.from({ length: faces * sidePx * sidePx * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    const person = Math.floor(pixel / sidePx ** 2) % people;
    const [x, y] = [pixel % sidePx, Math.floor(pixel / sidePx) % sidePx];
    const [middleX, middleY] = [20 + 36 * (person % 2), 20 + 36 * Math.floor(person / 2)];
    const blob = Math.exp(-((x - middleX) ** 2 + (y - middleY) ** 2) / 200);
    return 40 * random() + 200 * blob;
  });
}

const batchOf = () =>
  tf.tensor(
    Float32Array.from(pixels, (value) => value / 255),
    [faces, sidePx, sidePx, 3],
  );

/** Weights of the layers that a shorter table has, too. */
function partOf(whole: Weights): Weights {
  const names = initialWeights(featureTable).keys();
  return new Map([...names].map((name) => [name, whole.get(name)!]));
}

const bytesOf = ({ data }: { readonly data: Float32Array }) =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-deepface-'));
  const before = tf.memory().numTensors;
  const model = buildModel(tf, table, { weights: initialWeights(table, { seed: 2 }) });
  const optimizer = tf.train.sgd(0.01);
  losses = Array.from({ length: steps }, () =>
    tf.tidy(() => {
      const [x, wanted] = [batchOf(), tf.oneHot(tf.tensor1d(labels, 'int32'), people)];
      const loss = () => {
        const shares = model.apply(x, { training: true }) as Tensor;
        return shares.clipByValue(1e-7, 1).log().mul(wanted).sum().div(-faces).asScalar();
      };
      return optimizer.minimize(loss, true)!.dataSync()[0]!;
    }),
  );
  weights = readModel(model);
  model.dispose();
  optimizer.dispose();
  const cut = buildModel(tf, featureTable);
  assignWeights(tf, { model: cut, network: featureTable, weights: partOf(weights) });
  activations = tf.tidy(() => Float32Array.from((cut.predictOnBatch(batchOf()) as Tensor).dataSync()));
  cut.dispose();
  maxima = trainingMaxima(activations, 256);
  tensorsLeft = tf.memory().numTensors - before;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('steps down the slope lower the loss, and leave no tensor', () => {
  expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]!);
  expect(tensorsLeft).toBe(0);
});

test('weights and maxima come back from a file as they went', async () => {
  const path = join(folder, 'small.safetensors');
  await writeWeights(path, withMaxima(weights, maxima), {
    manifest: { network: table.name, licence: 'MIT', provenance: { from: 'this test', date: '2026-01-01' } },
  });
  const read = takeMaxima((await readWeights(path)).weights);
  expect(read.maxima).toEqual(maxima);
  expect([...read.weights.keys()].sort()).toEqual([...weights.keys()].sort());
  for (const [name, { shape, data }] of weights) {
    const back = read.weights.get(name)!;
    expect(back.shape).toEqual(shape);
    // by bytes, as comparing number by number takes seconds
    expect(Buffer.compare(bytesOf(back), bytesOf({ data }))).toBe(0);
  }
});

test('in ONNX Runtime F7 is that of TensorFlow, and the embedder its features', async () => {
  const runtime = await onnxRuntimeNode({ threads: 1 });
  try {
    const model = { network: featureTable, weights: partOf(weights) };
    const session = await runtime.load({ onnx: exportOnnx(model), input: featureTable.input });
    const data = Float32Array.from(pixels, (value) => value / 255);
    const [f7] = await session.run({ count: faces, data });
    const largest = Math.max(...maxima);
    expect(largest).toBeGreaterThan(0);
    const apart = f7!.reduce((most, value, i) => Math.max(most, Math.abs(value - activations[i]!)), 0);
    expect(apart).toBeLessThan(1e-4 * largest);

    const space = { model: table.name, preprocessing: 'whole', dimension: 256 };
    const length = sidePx * sidePx * 3;
    const image = createImage({ width: sidePx, height: sidePx });
    image.data.set(pixels.subarray(length, 2 * length));
    const [embedding] = await deepfaceEmbedder(session, { space, maxima }).embed([{ image, toImage: identityAffine }]);
    const expected = deepfaceFeatures(activations.subarray(256, 512), maxima);
    embedding!.forEach((value, k) => {
      expect(value).toBeCloseTo(expected[k]!, 4);
    });
  } finally {
    await runtime.dispose();
  }
});
