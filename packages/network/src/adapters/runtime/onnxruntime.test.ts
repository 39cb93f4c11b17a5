import { afterAll, describe, expect, test } from 'vitest';
import { initialWeights, mobilefacenet, type Network, type Runtime, upTo } from '../../index.ts';
import { doublingModel } from './doubling-model.test-support.ts';
import { onnxRuntimeNode, onnxRuntimeWasm } from './index.ts';

const native = await onnxRuntimeNode();
const wasm = await onnxRuntimeWasm();
afterAll(async () => {
  await native.dispose();
  await wasm.dispose();
});

describe.each([native, wasm])('$name', (runtime) => {
  test('runs batches of any size', async () => {
    const session = await runtime.load(doublingModel([2, 2, 3]));
    expect(session.input).toEqual([2, 2, 3]);
    expect(session.outputs).toEqual([{ name: 'output', shape: [2, 2, 3] }]);
    const data = Float32Array.from({ length: 36 }, (_, i) => i - 7);
    expect(await session.run({ count: 3, data })).toEqual([data.map((value) => 2 * value)]);
  });

  test('takes bytes and shared memory', async () => {
    const session = await runtime.load(doublingModel([4]));
    expect(await session.run({ count: 1, data: Uint8Array.of(0, 1, 128, 255) })).toEqual([
      Float32Array.of(0, 2, 256, 510),
    ]);
    const shared = new Float32Array(new SharedArrayBuffer(16));
    shared.fill(1.5);
    expect(await session.run({ count: 1, data: shared })).toEqual([Float32Array.of(3, 3, 3, 3)]);
  });

  test('refuses a batch of another size, a wrong count, a cancelled run and a disposed session', async () => {
    const session = await runtime.load(doublingModel([4]));
    const data = new Float32Array(4);
    await expect(session.run({ count: 2, data })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(session.run({ count: 0, data: new Float32Array() })).rejects.toMatchObject({ code: 'USAGE' });
    const signal = AbortSignal.abort();
    await expect(session.run({ count: 1, data }, { signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    await session.dispose();
    await expect(session.run({ count: 1, data })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('refuses bytes that are no model', async () => {
    const load = runtime.load({ onnx: Uint8Array.of(1, 2, 3, 4) });
    await expect(load).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
  });

  test('refuses a model whose input no memory holds', async () => {
    const load = runtime.load(doublingModel([1 << 20, 1 << 20, 3]));
    await expect(load).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
  });

  test('asks for the shape that a file leaves open', async () => {
    const { onnx } = doublingModel(['height', 'width', 3]);
    await expect(runtime.load({ onnx })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(runtime.load({ onnx, input: [4, 5, 2] })).rejects.toMatchObject({ code: 'USAGE' });
    const session = await runtime.load({ onnx, input: [4, 5, 3] });
    expect(session.outputs).toEqual([{ name: 'output', shape: [4, 5, 3] }]);
  });
});

describe('WebAssembly answers as the native library does', () => {
  const both = async (network: Network) => {
    const model = { network, weights: initialWeights(network) };
    // pixels as the network takes them, around 0
    const data = Float32Array.from({ length: 2 * 112 * 112 * 3 }, (_, i) => (((i * 7919) % 256) - 127.5) / 128);
    const load = async (runtime: Runtime) => (await runtime.load(model)).run({ count: 2, data });
    const [[expected], [got]] = (await Promise.all([load(native), load(wasm)])) as [[Float32Array], [Float32Array]];
    expect(got).toHaveLength(expected.length);
    return { expected, errors: expected.map((value, i) => Math.abs(got[i]! - value)) };
  };

  test('number by number in the first layers', async () => {
    const { expected, errors } = await both(upTo(mobilefacenet, mobilefacenet.rows[2]!.name));
    const shares = errors.map((error, i) => error / Math.max(1, Math.abs(expected[i]!)));
    expect(shares.reduce((most, share) => Math.max(most, share), 0)).toBeLessThan(1e-5);
  });

  test('to a share of the largest number after all layers', async () => {
    const { expected, errors } = await both(mobilefacenet);
    expect(Math.max(...errors) / Math.max(...expected.map(Math.abs))).toBeLessThan(1e-4);
  });
});
