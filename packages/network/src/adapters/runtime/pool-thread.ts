import type { Worker } from 'node:worker_threads';
import { FaceError } from '@kith/core';
import type { Batch } from '../../runtime.ts';
import type { LoadedModel, PoolAnswer, PoolMessage, PoolRequest, PoolSetup } from './pool-protocol.ts';
import type { SharedModel } from './shared-model.ts';
import { startWorker } from './start-worker.ts';
import { askToStop, createFlags, retireFlags, type ThreadFlags } from './thread-flags.ts';

/** A thread ended with work in hand. */
export class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded';
}

interface Waiter {
  resolve(answer: PoolAnswer): void;
  reject(error: Error): void;
}

/** A place in the pool: a thread, started when there is work and again where it ended by itself, with what it has loaded. */
export class PoolThread {
  /** Has a batch in hand. */
  busy = false;
  starts = 0;
  private readonly setup: Omit<PoolSetup, 'flags'>;
  private readonly waiting = new Map<number, Waiter>();
  private readonly loaded = new Map<number, Promise<LoadedModel>>();
  private worker: Worker | undefined;
  private flags: ThreadFlags | undefined;
  private exited = Promise.resolve();
  private closed = false;
  private sequence = 0;

  constructor(setup: Omit<PoolSetup, 'flags'>) {
    this.setup = setup;
  }

  /** Load a model unless the thread has it. */
  load({ id, content }: SharedModel): Promise<LoadedModel> {
    const known = this.loaded.get(id);
    if (known) return known;
    const loading = this.ask({ kind: 'load', model: id, content }).then(({ loaded }) => loaded!);
    this.loaded.set(id, loading);
    loading.catch(() => {
      if (this.loaded.get(id) === loading) this.loaded.delete(id);
    });
    return loading;
  }

  /** @param batch - Its memory moves to the thread. */
  async run(model: SharedModel, batch: Batch): Promise<readonly Float32Array[]> {
    await this.load(model);
    const request = { kind: 'run', model: model.id, ...batch } as const;
    return (await this.ask(request, [batch.data.buffer as ArrayBuffer])).values!;
  }

  async unload({ id }: SharedModel): Promise<void> {
    if (!this.loaded.delete(id)) return;
    await this.ask({ kind: 'unload', model: id }).catch((error: unknown) => {
      // what has ended holds no model
      if (!(error instanceof ThreadEnded)) throw error;
    });
  }

  /** End the thread for good; what it is asked from now on, and what it has not answered, fails. */
  async close(): Promise<void> {
    this.closed = true;
    this.worker?.ref();
    this.worker?.postMessage({ sequence: this.sequence++ } satisfies PoolMessage);
    await this.exited;
  }

  /** Make the thread end without an answer to what it has in hand, or to what it is asked next. */
  kill(): void {
    if (this.flags) askToStop(this.flags);
  }

  private async ask(request: PoolRequest, transfer: ArrayBuffer[] = []): Promise<PoolAnswer> {
    if (this.closed) throw new ThreadEnded('it was closed');
    const worker = this.start();
    const sequence = this.sequence++;
    return new Promise((resolve, reject) => {
      this.waiting.set(sequence, { resolve, reject });
      worker.ref();
      worker.postMessage({ sequence, request } satisfies PoolMessage, transfer);
    });
  }

  private start(): Worker {
    if (this.worker) return this.worker;
    const flags = createFlags();
    const workerData: PoolSetup = { ...this.setup, flags };
    const worker = startWorker(import.meta.url, { name: 'pool-worker', workerData });
    let reason = 'it ended';
    worker.on('message', (answer: PoolAnswer) => this.settle(answer));
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    this.exited = new Promise((resolve) => {
      worker.on('exit', () => {
        retireFlags(flags);
        this.forget(reason);
        resolve();
      });
    });
    this.worker = worker;
    this.flags = flags;
    this.starts++;
    return worker;
  }

  private settle({ sequence, error, ...answer }: PoolAnswer): void {
    const waiter = this.waiting.get(sequence);
    this.waiting.delete(sequence);
    // an idle pool keeps no process alive, but one that is being closed does
    if (this.waiting.size === 0 && !this.closed) this.worker?.unref();
    if (error) waiter?.reject(new FaceError(error.code, error.message));
    else waiter?.resolve({ sequence, ...answer });
  }

  private forget(reason: string): void {
    this.worker = undefined;
    this.loaded.clear();
    const waiters = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiters) reject(new ThreadEnded(reason));
  }
}
