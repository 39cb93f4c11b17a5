import { setMaxListeners } from 'node:events';
import { FaceError } from '@kith/core';
import type { Batch, OnnxModel, RunOptions, Runtime, RuntimeName, Session } from '../../runtime.ts';
import { elementsOf } from '../../shape.ts';
import type { NetworkModel } from '../../weights.ts';
import { assertBatch, assertOpen, assertWanted, disposedOf } from './batch-checks.ts';
import { joined, PoolJob } from './pool-job.ts';
import type { LoadedModel } from './pool-protocol.ts';
import { PoolThread, ThreadEnded } from './pool-thread.ts';
import { type SharedModel, shareModel } from './shared-model.ts';

export interface RuntimePoolOptions {
  readonly runtime: RuntimeName;
  readonly workers: number;
  /** Threads of a worker's runtime. */
  readonly threads: number;
  /** Inputs that are run together at most; a larger batch of one caller runs by itself. */
  readonly maxBatch: number;
  /** Calls that wait at most; more are refused. */
  readonly maxQueued: number;
}

/** What a pool has done so far. */
export interface PoolStatistics {
  runs: number;
  inputs: number;
  largestBatch: number;
}

/** How often work is tried whose thread ends under it. */
const attempts = 2;

/**
 * Networks run in worker threads. Calls made in one turn of the event loop, and those that wait while all threads are busy, are
 * run together; a call that finds a free thread waits for nobody.
 */
export class RuntimePool implements Runtime {
  readonly name: RuntimeName;
  readonly statistics: PoolStatistics = { runs: 0, inputs: 0, largestBatch: 0 };
  readonly threads: readonly PoolThread[];
  private readonly options: RuntimePoolOptions;
  private readonly queue: PoolJob[] = [];
  private scheduled = false;
  private disposed = false;
  private models = 0;

  constructor(options: RuntimePoolOptions) {
    this.name = options.runtime;
    this.options = options;
    this.threads = Array.from(
      { length: options.workers },
      () => new PoolThread({ runtime: options.runtime, threads: options.threads }),
    );
  }

  async load(model: NetworkModel | OnnxModel): Promise<Session> {
    assertOpen(this.disposed);
    const shared = { id: this.models++, content: shareModel(model, this.name) };
    try {
      const [loaded] = await Promise.all(this.threads.map((thread) => loadTwice(thread, shared)));
      return this.session(shared, loaded!);
    } catch (error) {
      throw this.disposed ? disposedOf() : error;
    }
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    this.cancelWaiting(() => true);
    await Promise.all(this.threads.map((thread) => thread.close()));
  }

  private session(model: SharedModel, { input, outputs }: LoadedModel): Session {
    let disposed = false;
    return {
      input,
      outputs,
      run: async (batch, options) => {
        if (disposed) throw new FaceError('USAGE', 'The session was disposed of, expected one in use.');
        assertBatch(batch, input);
        return this.enqueue(batch, { ...options, model, sizes: outputs.map(({ shape }) => elementsOf(shape)) });
      },
      dispose: async () => {
        disposed = true;
        // a run that came later would load the model again
        this.cancelWaiting((job) => job.model === model);
        if (!this.disposed) await Promise.all(this.threads.map((thread) => thread.unload(model)));
      },
    };
  }

  private async enqueue(
    batch: Batch,
    { signal, ...work }: RunOptions & { readonly model: SharedModel; readonly sizes: readonly number[] },
  ): Promise<readonly Float32Array[]> {
    assertOpen(this.disposed);
    assertWanted(signal);
    if (this.queue.length >= this.options.maxQueued) {
      throw new FaceError('RUNTIME_FAILED', `${this.queue.length} runs wait already, expected fewer. Ask again later.`);
    }
    const job = new PoolJob({ ...batch, ...work });
    this.queue.push(job);
    this.schedule();
    const leave = () => {
      const place = this.queue.indexOf(job);
      if (place >= 0) this.queue.splice(place, 1);
      job.cancel();
    };
    // one signal may take back any number of runs
    if (signal) setMaxListeners(0, signal);
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await job.answer;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  private cancelWaiting(isMeant: (job: PoolJob) => boolean): void {
    const waiting = this.queue.splice(0);
    this.queue.push(...waiting.filter((job) => !isMeant(job)));
    for (const job of waiting) if (isMeant(job)) job.fail(disposedOf());
  }

  /** Hand out work at the end of this turn, so that calls made together are seen together. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.dispatch();
    });
  }

  private dispatch(): void {
    const free = this.threads.filter(({ busy }) => !busy);
    for (const [i, thread] of free.entries()) {
      if (this.queue.length === 0) return;
      const share = Math.ceil(this.queue.reduce((sum, { count }) => sum + count, 0) / (free.length - i));
      void this.work(thread, this.take(Math.min(share, this.options.maxBatch)));
    }
  }

  /** @returns The oldest job, and others that can run with it, of `size` inputs at most where the oldest has not more itself. */
  private take(size: number): PoolJob[] {
    const taken = [this.queue.shift()!];
    let inputs = taken[0]!.count;
    for (let i = 0; i < this.queue.length && inputs < size; ) {
      const job = this.queue[i]!;
      if (!job.goesWith(taken[0]!) || inputs + job.count > size) i++;
      else {
        inputs += job.count;
        taken.push(...this.queue.splice(i, 1));
      }
    }
    return taken;
  }

  private async work(thread: PoolThread, jobs: readonly PoolJob[]): Promise<void> {
    thread.busy = true;
    const batch = joined(jobs);
    this.statistics.runs++;
    this.statistics.inputs += batch.count;
    this.statistics.largestBatch = Math.max(this.statistics.largestBatch, batch.count);
    try {
      const values = await thread.run(jobs[0]!.model, batch);
      let first = 0;
      for (const job of jobs) {
        job.succeed(values, first);
        first += job.count;
      }
    } catch (error) {
      this.retryOrFail(jobs, error);
    }
    thread.busy = false;
    if (this.queue.length > 0) this.schedule();
  }

  private retryOrFail(jobs: readonly PoolJob[], error: unknown): void {
    const again = jobs.filter((job) => {
      if (job.settled) return false;
      const isEnd = error instanceof ThreadEnded;
      if (isEnd && !this.disposed && ++job.attempts < attempts) return true;
      if (isEnd) job.fail(this.disposed ? disposedOf() : threadFailed(error));
      else job.fail(error);
      return false;
    });
    this.queue.unshift(...again);
  }
}

async function loadTwice(thread: PoolThread, model: SharedModel): Promise<LoadedModel> {
  const load = () => thread.load(model);
  try {
    return await load().catch((error: unknown) => (error instanceof ThreadEnded ? load() : Promise.reject(error)));
  } catch (error) {
    throw error instanceof ThreadEnded ? threadFailed(error) : error;
  }
}

function threadFailed(cause: ThreadEnded): FaceError {
  return new FaceError('RUNTIME_FAILED', `A thread of the runtime ended ${attempts} times: ${cause.message}.`, {
    cause,
  });
}
