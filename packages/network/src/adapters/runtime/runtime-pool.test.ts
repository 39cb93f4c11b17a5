import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { dense, initialWeights, network } from '../../index.ts';
import { doublingModel } from './doubling-model.test-support.ts';
import {
  localRuntime,
  onnxRuntimeNode,
  openRuntime,
  pooledRuntime,
  RuntimePool,
  type RuntimePoolOptions,
} from './index.ts';

const opened: RuntimePool[] = [];
afterEach(() => Promise.all(opened.splice(0).map((pool) => pool.dispose())));

function openPool(options: Partial<RuntimePoolOptions> = {}): RuntimePool {
  const pool = new RuntimePool({
    runtime: 'onnxruntime',
    workers: 1,
    threads: 1,
    maxBatch: 8,
    maxQueued: 100,
    ...options,
  });
  opened.push(pool);
  return pool;
}

const input = (value: number) => ({ count: 1, data: Float32Array.of(value, value + 0.5) });
const doubled = (value: number) => [Float32Array.of(2 * value, 2 * value + 1)];

describe('a pool', () => {
  test.each(['onnxruntime', 'onnxruntime-wasm'] as const)('answers as %s in process does', async (runtime) => {
    const pool = openPool({ runtime, workers: 2 });
    const local = await onnxRuntimeNode();
    const batch = { count: 5, data: Float32Array.from({ length: 15 }, (_, i) => Math.sin(i)) };
    const [session, expected] = await Promise.all([pool.load(doublingModel([3])), local.load(doublingModel([3]))]);
    expect([session.input, session.outputs]).toEqual([expected.input, expected.outputs]);
    expect(await session.run(batch)).toEqual(await expected.run(batch));
    await local.dispose();
  });

  test('runs calls together, gives each its own answer and keeps models and kinds of numbers apart', async () => {
    const pool = openPool();
    const [one, other] = await Promise.all([pool.load(doublingModel([2])), pool.load(doublingModel([2]))]);
    const answers = Array.from({ length: 20 }, (_, i) => one.run(input(i)));
    const bytes = one.run({ count: 1, data: Uint8Array.of(7, 200) });
    const elsewhere = other.run(input(50));
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 20 }, (_, i) => doubled(i)));
    expect(await bytes).toEqual([Float32Array.of(14, 400)]);
    expect(await elsewhere).toEqual(doubled(50));
    expect(pool.statistics).toEqual({ runs: 5, inputs: 22, largestBatch: 8 });
  });

  test('spreads calls over its threads', async () => {
    const pool = openPool({ workers: 2 });
    const session = await pool.load(doublingModel([2]));
    await Promise.all([1, 2, 3, 4].map((value) => session.run(input(value))));
    expect(pool.statistics).toEqual({ runs: 2, inputs: 4, largestBatch: 2 });
  });

  test('cancels a run that waits, and leaves the others alone', async () => {
    const pool = openPool({ maxBatch: 1 });
    const session = await pool.load(doublingModel([2]));
    const controller = new AbortController();
    const first = session.run(input(1));
    const second = session.run(input(2), { signal: controller.signal });
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await first).toEqual(doubled(1));
    expect(pool.statistics.inputs).toBe(1);
  });

  test('cancels a run at once that has begun', async () => {
    const pool = openPool();
    const session = await pool.load(doublingModel([2]));
    const controller = new AbortController();
    const thread = pool.threads[0]!;
    const begin = thread.run.bind(thread);
    vi.spyOn(thread, 'run').mockImplementationOnce((...work) => {
      const answer = begin(...work);
      controller.abort();
      return answer;
    });
    const running = session.run(input(1), { signal: controller.signal });
    await expect(Promise.race([running, new Promise(() => {})])).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await session.run(input(3))).toEqual(doubled(3));
  });

  test('starts a thread again that has ended, loads its models again and answers its work', async () => {
    const pool = openPool();
    const session = await pool.load(doublingModel([2]));
    pool.threads[0]!.kill();
    expect(await session.run(input(3))).toEqual(doubled(3));
    expect(pool.threads[0]!.starts).toBe(2);
  });

  test('gives up work whose thread ends twice, and goes on', async () => {
    const pool = openPool();
    const session = await pool.load(doublingModel([2]));
    pool.threads[0]!.kill();
    const failed = session.run(input(1)).catch((error: unknown) => error);
    while (pool.threads[0]!.starts < 2) await new Promise(setImmediate);
    pool.threads[0]!.kill();
    expect(await failed).toMatchObject({ code: 'RUNTIME_FAILED' });
    expect(await session.run(input(4))).toEqual(doubled(4));
  });

  test('cancels the runs of a session that wait when it is disposed of, and no others', async () => {
    const pool = openPool({ maxBatch: 1 });
    const [one, other] = await Promise.all([pool.load(doublingModel([2])), pool.load(doublingModel([2]))]);
    const waiting = [1, 2, 3].map((value) => one.run(input(value)).catch((error: { code: string }) => error.code));
    const elsewhere = other.run(input(4));
    await one.dispose();
    expect(await Promise.all(waiting)).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED']);
    expect(await elsewhere).toEqual(doubled(4));
    expect(pool.statistics.inputs).toBe(1);
  });

  test('refuses what does not fit, what is too much and what comes too late', async () => {
    const pool = openPool({ maxQueued: 1 });
    await expect(pool.load({ onnx: Uint8Array.of(9, 9) })).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
    const session = await pool.load(doublingModel([2]));
    await expect(session.run({ count: 2, data: new Float32Array(2) })).rejects.toMatchObject({ code: 'USAGE' });
    const first = session.run(input(1));
    await expect(session.run(input(2))).rejects.toMatchObject({ code: 'RUNTIME_FAILED' });
    expect(await first).toEqual(doubled(1));
    await pool.dispose();
    await expect(session.run(input(1))).rejects.toMatchObject({ code: 'USAGE' });
    await expect(pool.load(doublingModel([2]))).rejects.toMatchObject({ code: 'USAGE' });
    expect(() => pooledRuntime({ runtime: 'onnxruntime', workers: -1 })).toThrow(/workers is -1/);
  });

  test('keeps its memory over some thousand runs', async () => {
    const session = await openPool().load(doublingModel([10_000]));
    const data = new Uint8Array(10_000);
    const runs = async (times: number) => {
      for (let i = 0; i < times; i++) await session.run({ count: 1, data });
      return process.memoryUsage().rss;
    };
    const before = await runs(1000);
    // answers that were kept would be 120 MB
    expect((await runs(3000)) - before).toBeLessThan(60e6);
  });
});

test('no runtime of the name is the caller’s fault', async () => {
  await expect(openRuntime({ runtime: 'caffe' as 'auto' })).rejects.toMatchObject({ code: 'USAGE' });
  await expect(openRuntime({ threads: 0 })).rejects.toMatchObject({ code: 'USAGE' });
});

test.each([0, 1])('opens the runtime that is made for serving, with %i workers', async (workers) => {
  const runtime = await openRuntime({ runtime: 'auto', workers, threads: 1 });
  expect(runtime.name).toBe('onnxruntime');
  expect(await (await runtime.load(doublingModel([2]))).run(input(1))).toEqual(doubled(1));
  await runtime.dispose();
});

test('in process, a model that loads while the runtime is disposed of is let go', async () => {
  const runtime = pooledRuntime({ runtime: 'onnxruntime', workers: 0 });
  await runtime.load(doublingModel([2]));
  const loading = runtime.load(doublingModel([2])).catch((error: unknown) => error);
  await runtime.dispose();
  expect(await loading).toMatchObject({ code: 'CANCELLED' });
});

test.each(['onnxruntime', 'tfjs'] as const)('%s in process loads nothing once it is disposed of', async (name) => {
  const table = network('one', { input: [2] }, [dense('fc', 2)]);
  const model = { network: table, weights: initialWeights(table) };
  const runtimes = [await localRuntime(name), pooledRuntime({ runtime: name, workers: 0 })];
  for (const runtime of runtimes) {
    await runtime.load(model);
    await runtime.dispose();
    await expect(runtime.load(model)).rejects.toMatchObject({ code: 'USAGE' });
  }
});

/** Run a script in a process of its own, which may use what is imported. */
function processOf(script: string) {
  const imports = `
    import { pooledRuntime } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
    import { doublingModel } from ${JSON.stringify(new URL('./doubling-model.test-support.ts', import.meta.url).href)};`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=kith-source', '--import', 'tsx', '--input-type=module', '--eval', `${imports}${script}`],
    { encoding: 'utf8', timeout: 30_000 },
  );
  return { status, stdout, stderr };
}

test.each([
  'await session.run(batch); await runtime.dispose();',
  'await session.run(batch);',
  'void session.run(batch); setTimeout(() => process.exit(0), 20);',
])('a process ends by itself and says nothing (%s)', (last) => {
  const script = `
    const runtime = pooledRuntime({ runtime: 'onnxruntime', workers: 2 });
    const session = await runtime.load(doublingModel([1_000_000]));
    const batch = { count: 8, data: new Float32Array(8_000_000) };
    ${last}`;
  expect(processOf(script)).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('a process waits for a pool that is being closed, also where an answer comes meanwhile', () => {
  // TensorFlow.js takes no model file, and a while to end
  const script = `
    const runtime = pooledRuntime({ runtime: 'tfjs', workers: 1 });
    const loads = [1, 2].map((size) => runtime.load(doublingModel([size])));
    await Promise.all(loads).catch(() => undefined);
    await runtime.dispose();
    console.log('closed');`;
  expect(processOf(script)).toMatchObject({ status: 0, stdout: expect.stringContaining('closed') });
});
