import { expect, test } from 'vitest';
import { conv, dense, dropout, initialWeights, maxPool, network } from '../../index.ts';
import { onnxRuntimeNode } from '../runtime/onnxruntime-node.ts';
import { loadTensorFlow, tfjsRuntime } from './index.ts';
import { expectClose } from './numbers.test-support.ts';
import { interpret } from './reference.test-support.ts';

const tf = await loadTensorFlow();
const table = network('two', { input: [4, 4, 2], outputs: ['fc', 'conv'] }, [
  conv('conv', 3, { kernel: 3, norm: {}, activation: 'relu' }),
  maxPool('pool', { kernel: 2, stride: 2 }),
  dropout('drop', 0.5),
  dense('fc', 5),
]);
const weights = initialWeights(table);
const bytes = Uint8Array.from({ length: 64 }, (_, i) => (i * 37) % 256);

test('a batch of bytes gives every output in order, as plain loops do, and leaves no tensor', async () => {
  const before = tf.memory().numTensors;
  const runtime = tfjsRuntime(tf);
  const session = await runtime.load({ network: table, weights });
  expect(session.input).toEqual([4, 4, 2]);
  const loaded = tf.memory().numTensors;
  const [fc, maps] = await session.run({ count: 2, data: bytes });
  expect(tf.memory().numTensors).toBe(loaded);
  const expected = [bytes.slice(0, 32), bytes.slice(32)].map((one) => interpret(table, weights, one));
  expectClose(
    fc!,
    expected.flatMap((values) => [...values.get('fc')!]),
  );
  expectClose(
    maps!,
    expected.flatMap((values) => [...values.get('conv/relu')!]),
  );
  await runtime.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('a session says of its outputs what ONNX Runtime’s says, and takes shared memory', async () => {
  const runtimes = [tfjsRuntime(tf), await onnxRuntimeNode()];
  const shared = new Float32Array(new SharedArrayBuffer(4 * bytes.length));
  shared.set(bytes);
  const sharedWeights = new Map(
    [...weights].map(([name, { shape, data }]) => {
      const copy = new Float32Array(new SharedArrayBuffer(data.byteLength));
      copy.set(data);
      return [name, { shape, data: copy }];
    }),
  );
  const [ours, theirs] = await Promise.all(
    runtimes.map((runtime) => runtime.load({ network: table, weights: sharedWeights })),
  );
  expect(ours!.outputs).toEqual(theirs!.outputs);
  const batch = { count: 2, data: shared };
  const [got, expected] = [await ours!.run(batch), await theirs!.run(batch)];
  got.forEach((output, i) => {
    expectClose(output, expected[i]!, 1e-5);
  });
  await Promise.all(runtimes.map((runtime) => runtime.dispose()));
});

test('what does not fit is refused by its code, and leaves no tensor', async () => {
  const before = tf.memory().numTensors;
  const runtime = tfjsRuntime(tf);
  await expect(runtime.load({ onnx: new Uint8Array() })).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
  const bare = runtime.load({ network: table, weights: new Map() });
  await expect(bare).rejects.toMatchObject({ code: 'WEIGHTS_MISMATCH' });
  const session = await runtime.load({ network: table, weights });
  await expect(session.run({ count: 3, data: bytes })).rejects.toMatchObject({ code: 'USAGE' });
  await expect(session.run({ count: 0, data: new Float32Array() })).rejects.toMatchObject({ code: 'USAGE' });
  const signal = AbortSignal.abort();
  await expect(session.run({ count: 2, data: bytes }, { signal })).rejects.toMatchObject({ code: 'CANCELLED' });
  await session.dispose();
  await expect(session.run({ count: 2, data: bytes })).rejects.toMatchObject({ code: 'USAGE' });
  await runtime.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
