import { beforeAll, expect, test } from 'vitest';
import { conv, dense, dropout, initialWeights, maxPool, network } from '../../index.ts';
import { loadTensorFlow } from './backend.test-support.ts';
import { tfjsRuntime } from './index.ts';
import { runReference } from './reference.test-support.ts';
import type { TensorFlow } from './tensorflow.ts';

const table = network('two', { input: [4, 4, 2], outputs: ['fc', 'conv'] }, [
  conv('conv', 3, { kernel: 3, norm: {}, activation: 'relu' }),
  maxPool('pool', { kernel: 2, stride: 2 }),
  dropout('drop', 0.5),
  dense('fc', 5),
]);
const weights = initialWeights(table);
const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i * 37) % 256);

let tf: TensorFlow;
beforeAll(async () => {
  tf = await loadTensorFlow();
});

test('a batch gives every output in order, as plain loops do, and leaves no tensor', async () => {
  const before = tf.memory().numTensors;
  const runtime = tfjsRuntime(tf);
  const session = await runtime.load({ network: table, weights });
  expect(session.outputs).toEqual([
    { name: 'fc', shape: [5] },
    { name: 'conv', shape: [4, 4, 3] },
  ]);
  const [fc, maps] = await session.run({ count: 2, data: bytes });
  for (const [i, one] of [bytes.slice(0, 32), bytes.slice(32)].entries()) {
    const expected = runReference(table, weights, one);
    expected.get('fc')!.forEach((value, at) => {
      expect(fc![i * 5 + at]! / value).toBeCloseTo(1, 3);
    });
    expected.get('conv/relu')!.forEach((value, at) => {
      expect(maps![i * 48 + at]).toBeCloseTo(value, 2);
    });
  }
  await runtime.dispose();
  expect(tf.memory().numTensors).toBe(before);
  await expect(session.run({ count: 2, data: bytes })).rejects.toMatchObject({ code: 'USAGE' });
});

test('what does not fit is refused by its code, and leaves no tensor', async () => {
  const before = tf.memory().numTensors;
  const runtime = tfjsRuntime(tf);
  await expect(runtime.load({ onnx: new Uint8Array() })).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
  await expect(runtime.load({ network: table, weights: new Map() })).rejects.toMatchObject({
    code: 'WEIGHTS_MISMATCH',
  });
  const session = await runtime.load({ network: table, weights });
  await expect(session.run({ count: 3, data: bytes })).rejects.toMatchObject({ code: 'USAGE' });
  await expect(session.run({ count: 0, data: new Float32Array() })).rejects.toMatchObject({ code: 'USAGE' });
  const signal = AbortSignal.abort();
  await expect(session.run({ count: 2, data: bytes }, { signal })).rejects.toMatchObject({ code: 'CANCELLED' });
  await runtime.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
