import { createRandom } from '@kith/core';
import { afterEach, expect, test } from 'vitest';
import { conv, dense, globalAveragePool } from '../../layers.ts';
import { network } from '../../network.ts';
import type { Session } from '../../runtime.ts';
import { initialWeights } from '../../weights.ts';
import { onnxRuntimeNode, RuntimePool } from './index.ts';

const opened: RuntimePool[] = [];
afterEach(() => Promise.all(opened.splice(0).map((pool) => pool.dispose())));

function openPool(): RuntimePool {
  const pool = new RuntimePool({ runtime: 'onnxruntime', workers: 2, threads: 1, maxBatch: 8, maxQueued: 10_000 });
  opened.push(pool);
  return pool;
}

const table = network('small', { input: [8, 8, 3] }, [
  conv('conv1', 4, { kernel: 3, activation: 'relu' }),
  globalAveragePool('average'),
  dense('fc', 16),
]);
const model = { network: table, weights: initialWeights(table) };
const length = 8 * 8 * 3;

/** Worker threads of this process, idle ones too. */
const threadsAlive = () => (process.report.getReport() as { readonly workers: readonly unknown[] }).workers.length;
const turn = () => new Promise((resolve) => setImmediate(resolve));

interface Request {
  readonly batch: { readonly count: number; readonly data: Float32Array };
  readonly taken: boolean;
}

/** Requests of one to three inputs, a fifth of which their callers take back at some time. */
function requests(number: number, seed: number): readonly Request[] {
  const random = createRandom(seed);
  return Array.from({ length: number }, () => {
    const count = 1 + Math.floor(random() * 3);
    const data = Float32Array.from({ length: count * length }, () => random() * 2 - 1);
    return { batch: { count, data }, taken: random() < 0.2 };
  });
}

/** Send requests from some callers at once; each waits for a random turn before its next. */
async function send(session: Session, all: readonly Request[], { onSend }: { onSend: (number: number) => void }) {
  const random = createRandom(7);
  const outcomes: (readonly Float32Array[] | { readonly code: string })[] = [];
  const caller = async (first: number) => {
    for (let i = first; i < all.length; i += 40) {
      const { batch, taken } = all[i]!;
      const controller = new AbortController();
      const running = session.run(batch, { signal: controller.signal }).catch((error: { code: string }) => error);
      onSend(i);
      if (taken) {
        for (let turns = Math.floor(random() * 4); turns > 0; turns--) await turn();
        controller.abort();
      }
      outcomes[i] = await running;
    }
  };
  await Promise.all(Array.from({ length: 40 }, (_, first) => caller(first)));
  return outcomes;
}

/** Results of the requests from one session in process; those of other batch sizes may differ in the last digits. */
async function expectSame(all: readonly Request[], outcomes: readonly unknown[]): Promise<void> {
  const local = await onnxRuntimeNode({ threads: 1 });
  const session = await local.load(model);
  for (const [i, { batch }] of all.entries()) {
    const outcome = outcomes[i];
    if (!Array.isArray(outcome)) continue;
    const [expected] = await session.run(batch);
    const [got] = outcome as [Float32Array];
    expect(got.length).toBe(expected!.length);
    expect(Math.max(...got.map((value, place) => Math.abs(value - expected![place]!)))).toBeLessThan(1e-5);
  }
  await local.dispose();
}

test('many callers, some of whom take their requests back: each promise settles, with its own answer', async () => {
  const before = threadsAlive();
  const pool = openPool();
  const session = await pool.load(model);
  const all = requests(1500, 1);
  const outcomes = await send(session, all, { onSend: () => undefined });
  const cancelled = outcomes.filter((outcome) => 'code' in outcome);
  expect(outcomes.filter((outcome) => outcome !== undefined)).toHaveLength(all.length);
  expect(new Set(cancelled.map((outcome) => (outcome as { code: string }).code))).toEqual(new Set(['CANCELLED']));
  // who does not take a request back gets its answer
  expect(all.filter(({ taken }, i) => !taken && 'code' in outcomes[i]!)).toEqual([]);
  await expectSame(all, outcomes);

  const inputs = (chosen: readonly Request[]) => chosen.reduce((sum, { batch }) => sum + batch.count, 0);
  const answered = all.filter((_, i) => Array.isArray(outcomes[i]));
  // what was answered was run, and nothing twice; what was taken back may or may not have been
  expect(pool.statistics.inputs).toBeGreaterThanOrEqual(inputs(answered));
  expect(pool.statistics.inputs).toBeLessThanOrEqual(inputs(all));
  expect(pool.statistics.largestBatch).toBeLessThanOrEqual(8);
  expect(pool.statistics.runs).toBeLessThan(answered.length);
  expect(pool.threads.map(({ busy, starts }) => ({ busy, starts }))).toEqual(Array(2).fill({ busy: false, starts: 1 }));
  await pool.dispose();
  expect(threadsAlive()).toBe(before);
});

test('without anyone taking back, the pool runs each input once', async () => {
  const pool = openPool();
  const session = await pool.load(model);
  const all = requests(300, 2).map((request) => ({ ...request, taken: false }));
  const outcomes = await send(session, all, { onSend: () => undefined });
  await expectSame(all, outcomes);
  expect(pool.statistics.inputs).toBe(all.reduce((sum, { batch }) => sum + batch.count, 0));
});

test('threads that are killed under load: each promise settles, and what is answered is right', async () => {
  const before = threadsAlive();
  const pool = openPool();
  const session = await pool.load(model);
  const all = requests(600, 3);
  const outcomes = await send(session, all, {
    onSend: (number) => {
      if (number % 50 === 25) pool.threads[Math.floor(number / 50) % 2]!.kill();
    },
  });
  expect(outcomes.filter((outcome) => outcome !== undefined)).toHaveLength(all.length);
  const codes = outcomes.flatMap((outcome) => ('code' in outcome ? [outcome.code] : []));
  expect(codes.filter((code) => code !== 'CANCELLED' && code !== 'RUNTIME_FAILED')).toEqual([]);
  expect(pool.threads.reduce((sum, { starts }) => sum + starts, 0)).toBeGreaterThan(4);
  expect(outcomes.length - codes.length).toBeGreaterThan(all.length / 2);
  await expectSame(all, outcomes);
  // and the pool goes on
  expect(await session.run(all[0]!.batch)).toHaveLength(1);
  await pool.dispose();
  expect(threadsAlive()).toBe(before);
});

test('disposed of under load, the pool settles each promise and leaves no thread', async () => {
  const before = threadsAlive();
  const pool = openPool();
  const session = await pool.load(model);
  expect(threadsAlive()).toBe(before + 2);
  const running = requests(200, 4).map(({ batch }) => session.run(batch).catch((error: { code: string }) => error));
  await turn();
  await pool.dispose();
  const outcomes = await Promise.all(running);
  const codes = outcomes.flatMap((outcome) => ('code' in outcome ? [outcome.code] : []));
  expect(codes.length).toBeGreaterThan(0);
  // what waited is cancelled; what a thread had in hand may also end with its thread
  expect(new Set(codes)).toEqual(new Set(['CANCELLED']));
  expect(threadsAlive()).toBe(before);
});

test.each([0, 20])(
  'disposed of while it loads a model for %i ms, the pool cancels that and leaves no thread',
  async (ms) => {
    const before = threadsAlive();
    const pool = openPool();
    const loading = pool.load(model).catch((error: { code: string }) => error);
    await new Promise((resolve) => setTimeout(resolve, ms));
    await pool.dispose();
    expect(await loading).toMatchObject({ code: 'CANCELLED' });
    expect(pool.threads.map(({ starts }) => starts)).toEqual([1, 1]);
    expect(threadsAlive()).toBe(before);
  },
);
