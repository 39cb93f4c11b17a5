// Memory of the worker pool over very many inferences: flat, or growing? See README.md.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { conv, dense, globalAveragePool, initialWeights, network } from '@kith/network';
import { RuntimePool } from '@kith/network/runtime';
import { formatTable, mebibytes, tell } from './table.mjs';

/** A net that costs little, so that what is measured is the pool: messages, moved memory and answers. */
const smallNet = network('long-pool', { input: [32, 32, 3] }, [
  conv('conv1', 8, { kernel: 3, stride: 2, activation: 'relu' }),
  globalAveragePool('average'),
  dense('fc', 128),
]);

/**
 * Follow resident memory over runs of the pool, a share of them given up by their callers.
 *
 * @param {{ count: number, workers: number, concurrency?: number, samples?: number }} options
 * @returns One row: mean resident bytes of the first and of the last fifth of the samples, after as many runs again as warm-up.
 */
export async function benchLongPool({ count, workers, concurrency = 32, samples = 500 }) {
  const settings = { runtime: 'onnxruntime', workers, threads: 1, maxBatch: 8, maxQueued: 1000 };
  const pool = new RuntimePool(settings);
  try {
    const session = await pool.load({ network: smallNet, weights: initialWeights(smallNet) });
    // heaps and allocators of the threads grow over tens of thousands of runs before they keep their size
    await runMany(session, { count, concurrency });
    const resident = [];
    const every = Math.max(1, Math.floor(count / samples));
    const began = performance.now();
    const cancelled = await runMany(session, {
      count,
      concurrency,
      onRun: (done) => {
        if (done % every === 0) resident.push(process.memoryUsage.rss());
      },
    });
    const seconds = (performance.now() - began) / 1000;
    const fifth = Math.ceil(resident.length / 5);
    const row = { runs: count, cancelled, workers, seconds, peak: Math.max(...resident) };
    return [{ ...row, first: mean(resident.slice(0, fifth)), last: mean(resident.slice(-fifth)) }];
  } finally {
    await pool.dispose();
  }
}

/** Run as many at once as `concurrency`; every hundredth caller takes its request back. */
async function runMany(session, { count, concurrency, onRun = () => undefined }) {
  let started = 0;
  let done = 0;
  let cancelled = 0;
  const caller = async () => {
    while (started < count) {
      const number = started++;
      const controller = new AbortController();
      const running = session.run(batchOf(number), { signal: controller.signal });
      if (number % 100 === 99) setImmediate(() => controller.abort());
      try {
        await running;
      } catch (error) {
        if (error.code !== 'CANCELLED') throw error;
        cancelled++;
      }
      onRun(++done);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  return cancelled;
}

function batchOf(number) {
  return { count: 1, data: new Float32Array(32 * 32 * 3).fill((number % 255) / 255) };
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

export function formatLongPool(rows) {
  return formatTable(
    ['inferences', 'first fifth', 'last fifth', 'growth', 'peak', 'taken back', 'workers', 'seconds'],
    rows.map(({ runs, first, last, peak, cancelled, workers, seconds }) => [
      runs,
      mebibytes(first),
      mebibytes(last),
      `${((last / first - 1) * 100).toFixed(1)} %`,
      mebibytes(peak),
      cancelled,
      workers,
      seconds.toFixed(0),
    ]),
  );
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { count: { type: 'string', default: '50000' }, workers: { type: 'string', default: '2' } },
  });
  tell(`${values.count} inferences through the pool`);
  process.stdout.write(
    `${formatLongPool(await benchLongPool({ count: Number(values.count), workers: Number(values.workers) }))}\n`,
  );
}
