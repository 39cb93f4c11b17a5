import { availableParallelism } from 'node:os';
import { FaceError } from '@kith/core';
import type { Runtime, RuntimeName, Session } from '../../runtime.ts';
import { assertOpen } from './batch-checks.ts';
import { messageOf } from './failure.ts';
import { localRuntime } from './local-runtime.ts';
import { RuntimePool, type RuntimePoolOptions } from './runtime-pool.ts';
import { usualThreads, wantedRuntimes, wantedThreads } from './wanted.ts';

export type PoolOptions = Partial<RuntimePoolOptions> & { readonly runtime: RuntimeName };

/**
 * Run networks in worker threads; with no workers, in the thread that asks.
 *
 * @param options - A worker a core, four at most, each with one thread, by default.
 * @throws {FaceError} `USAGE` for a number that is not whole or is below what it counts.
 */
export function pooledRuntime({
  runtime,
  workers = usualThreads(),
  threads = 1,
  maxBatch = 8,
  maxQueued = 100_000,
}: PoolOptions): Runtime {
  assertCount('workers', workers, 0);
  for (const [name, value] of Object.entries({ threads, maxBatch, maxQueued })) assertCount(name, value, 1);
  if (workers === 0) return inProcess(runtime, threads);
  return new RuntimePool({ runtime, workers, threads, maxBatch, maxQueued });
}

export interface OpenRuntimeOptions {
  readonly runtime?: RuntimeName | 'auto' | undefined;
  /** One for two threads where left out: as fast for many callers as one for each, faster for one, with half the memory. */
  readonly workers?: number | undefined;
  /** Threads in all, over the workers. */
  readonly threads?: number | undefined;
}

/**
 * Open the runtime that was asked for, by option or by `KITH_RUNTIME`; else the first that loads of those made for serving.
 *
 * @param options - `threads` is `KITH_THREADS` where left out, else the number of cores, four at most.
 * @throws {FaceError} `RUNTIME_UNAVAILABLE` where none can be loaded, `USAGE` for a name or number that is none.
 */
export async function openRuntime({ runtime, workers, threads }: OpenRuntimeOptions = {}): Promise<Runtime> {
  const total = threads ?? wantedThreads();
  assertCount('threads', total, 1);
  const places = workers ?? Math.min(Math.max(1, Math.floor(total / 2)), availableParallelism());
  const name = await firstThatLoads(wantedRuntimes(runtime));
  return pooledRuntime({ runtime: name, workers: places, threads: Math.max(1, Math.floor(total / (places || 1))) });
}

async function firstThatLoads(names: readonly RuntimeName[]): Promise<RuntimeName> {
  const failures: string[] = [];
  for (const name of names) {
    try {
      return (await localRuntime(name)).name;
    } catch (error) {
      if (names.length === 1) throw error;
      failures.push(messageOf(error));
    }
  }
  throw new FaceError('RUNTIME_UNAVAILABLE', `No runtime can be loaded. ${failures.join('; ')}.`);
}

function inProcess(name: RuntimeName, threads: number): Runtime {
  let local: Promise<Runtime> | undefined;
  let disposed = false;
  return {
    name,
    load: async (model): Promise<Session> => {
      assertOpen(disposed);
      local ??= localRuntime(name, { threads });
      return (await local).load(model);
    },
    dispose: async () => {
      disposed = true;
      await (await local?.catch(() => undefined))?.dispose();
    },
  };
}

/** No machine that this runs on has more threads to give; each worker holds its own networks. */
const mostThreads = 256;

function assertCount(what: string, value: number, least: number): void {
  const most = what === 'threads' || what === 'workers' ? mostThreads : Number.MAX_SAFE_INTEGER;
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range = most === mostThreads ? `from ${least} to ${most}` : `from ${least}`;
  throw new FaceError('USAGE', `${what} is ${value}, expected a whole number ${range}.`);
}
