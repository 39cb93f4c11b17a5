import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Embedding, Neighbour } from '@kith/core';
import type { VectorSnapshot } from '../exact-index.ts';
import type { ApproximateIndex } from '../hybrid-index.ts';
import type { GraphOptions } from './hnswlib-graph.ts';
import { type WorkerAnswer, type WorkerRequest, type WorkerSetup, workerFlags } from './hnswlib-worker-protocol.ts';
import { discardIndexCache } from './index-cache.ts';

export interface HnswlibIndexOptions extends GraphOptions {
  /** The gallery's folder, which holds the cache; without one the index lives in memory only. */
  readonly dir?: string;
}

/** Longest wait for the thread when the process ends: writing a large cache takes about a second. */
const exitTimeoutMs = 5000;

/** Approximate search by hnswlib in a thread of its own, since every call of it blocks. */
export class HnswlibIndex implements ApproximateIndex {
  readonly opened: Promise<{ readonly built: boolean; readonly reason: string }>;
  hidden = 0;
  unsaved = 0;
  private readonly dir: string | undefined;
  private readonly worker: Worker;
  private readonly waiting = new Map<
    number,
    { resolve: (answer: WorkerAnswer) => void; reject: (error: Error) => void }
  >();
  private readonly flags = new Int32Array(new SharedArrayBuffer(8));
  private readonly exited: Promise<void>;
  private sequence = 0;
  private stopped: Error | undefined;
  private readonly ids: Set<number>;

  /**
   * Start a thread that opens the cache, or builds the index where the cache is not to be believed.
   *
   * @param snapshot - Everything that is to be in the index; its memory moves to the thread.
   */
  constructor(
    dimension: number,
    { snapshot, dir, ...graph }: HnswlibIndexOptions & { readonly snapshot: VectorSnapshot },
  ) {
    this.dir = dir;
    this.ids = new Set(snapshot.numbers);
    this.worker = startWorker({ dir, dimension, graph, flags: this.flags });
    process.once('exit', this.stopBeforeExit);
    this.worker.on('message', (answer: WorkerAnswer) => this.settle(answer));
    this.worker.on('error', (error: unknown) => this.fail(error instanceof Error ? error : new Error(String(error))));
    this.exited = new Promise((resolve) => {
      this.worker.on('exit', () => {
        process.removeListener('exit', this.stopBeforeExit);
        this.fail(new Error('the index is closed'));
        resolve();
      });
    });
    this.opened = this.ask({ kind: 'open', ...snapshot }, [snapshot.numbers.buffer, snapshot.vectors.buffer]).then(
      ({ builtBecause }) => {
        if (builtBecause !== undefined) this.unsaved += this.ids.size;
        return { built: builtBecause !== undefined, reason: builtBecause ?? '' };
      },
    );
    // whoever needs the index awaits this too; an index given up before that is no fault
    this.opened.catch(() => undefined);
  }

  get size(): number {
    return this.ids.size;
  }

  async add(id: number, embedding: Embedding): Promise<void> {
    this.ids.add(id);
    this.unsaved++;
    await this.ask({ kind: 'add', id, vector: embedding });
  }

  async remove(id: number): Promise<void> {
    if (!this.ids.delete(id)) return;
    this.unsaved = Number.POSITIVE_INFINITY;
    this.hidden = (await this.ask({ kind: 'remove', id })).hidden ?? 0;
  }

  async search(probe: Embedding, count: number): Promise<readonly Neighbour[]> {
    const { labels = [], distances = [] } = await this.ask({ kind: 'search', vector: probe, count });
    return labels.map((id, i) => ({ id, distance: distances[i]! }));
  }

  async save(): Promise<void> {
    const before = this.unsaved;
    this.unsaved = 0;
    try {
      await this.ask({ kind: 'save' });
    } catch (error) {
      this.unsaved += before;
      throw error;
    }
  }

  async forget(): Promise<void> {
    if (this.dir !== undefined) discardIndexCache(this.dir);
    this.unsaved = Number.POSITIVE_INFINITY;
  }

  async close(): Promise<void> {
    this.stopped ??= new Error('the index is closed');
    Atomics.store(this.flags, workerFlags.stop, 1);
    this.worker.ref();
    this.worker.postMessage({ sequence: this.sequence++ });
    await this.exited;
  }

  private ask(request: WorkerRequest, transfer: ArrayBuffer[] = []): Promise<WorkerAnswer> {
    if (this.stopped) return Promise.reject(this.stopped);
    const sequence = this.sequence++;
    return new Promise((resolve, reject) => {
      this.waiting.set(sequence, { resolve, reject });
      this.worker.ref();
      this.worker.postMessage({ sequence, request }, transfer);
    });
  }

  /** Leave the thread no call to be stopped in when the process ends without {@link HnswlibIndex.close}. */
  private readonly stopBeforeExit = (): void => {
    Atomics.store(this.flags, workerFlags.stop, 1);
    Atomics.wait(this.flags, workerFlags.busy, 1, exitTimeoutMs);
  };

  private settle(answer: WorkerAnswer): void {
    const waiter = this.waiting.get(answer.sequence);
    this.waiting.delete(answer.sequence);
    // an idle index keeps no process alive
    if (this.waiting.size === 0) this.worker.unref();
    if (answer.error === undefined) waiter?.resolve(answer);
    else waiter?.reject(new Error(answer.error));
  }

  private fail(error: Error): void {
    this.stopped ??= error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}

/** Run the worker as it stands beside this file: built, or as TypeScript. */
function startWorker(workerData: WorkerSetup): Worker {
  const extension = extname(new URL(import.meta.url).pathname);
  const execArgv = extension === '.ts' ? ['--conditions=kith-source', '--import', readTypeScript] : [];
  return new Worker(new URL(`./hnswlib-worker${extension}`, import.meta.url), { workerData, execArgv });
}

/** A module that makes a thread read TypeScript; tsx's own `--import tsx` does so in a process's main thread only. */
const readTypeScript = `data:text/javascript,${encodeURIComponent(
  `import { register } from 'node:module'; register('tsx/esm', ${JSON.stringify(import.meta.url)}, { data: {} });`,
)}`;
