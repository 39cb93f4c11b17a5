import { afterEach, describe, expect, test, vi } from 'vitest';
import { conv, dense, initialWeights, network } from '../../index.ts';
import { doublingModel } from './doubling-model.test-support.ts';
import { onnxRuntimeNode, openRuntime } from './index.ts';

const table = network('two', { input: [6, 6, 2] }, [
  conv('conv', 3, { kernel: 3, norm: {}, activation: 'relu' }),
  dense('fc', 5),
]);
const model = { network: table, weights: initialWeights(table) };
const batch = { count: 2, data: Float32Array.from({ length: 144 }, (_, i) => ((i * 37) % 64) / 32 - 1) };

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each([0, 1])('KITH_RUNTIME=tfjs, %i workers', (workers) => {
  test('answers as ONNX Runtime does', async () => {
    vi.stubEnv('KITH_RUNTIME', 'tfjs');
    const runtimes = [await openRuntime({ workers }), await onnxRuntimeNode()];
    expect(runtimes[0]!.name).toBe('tfjs');
    const [[got], [expected]] = (await Promise.all(
      runtimes.map(async (runtime) => (await runtime.load(model)).run({ ...batch, data: batch.data.slice() })),
    )) as [[Float32Array], [Float32Array]];
    expect(got).toHaveLength(10);
    expect(Math.max(...got.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-5);
    await Promise.all(runtimes.map((runtime) => runtime.dispose()));
  });

  test('refuses a model file and says who runs it', async () => {
    const runtime = await openRuntime({ runtime: 'tfjs', workers });
    const load = runtime.load(doublingModel([4]));
    await expect(load).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      message: expect.stringContaining('onnxruntime'),
    });
    await runtime.dispose();
  });
});
