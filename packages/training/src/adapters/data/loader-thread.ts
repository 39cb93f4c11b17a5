import type { Worker } from 'node:worker_threads';
import { FaceError } from '@kith/core';
import { startWorker } from '@kith/network/runtime';
import type { LoaderAnswer, LoaderRequest, LoaderSetup } from './loader-protocol.ts';

interface Waiter {
  resolve(): void;
  reject(error: FaceError): void;
}

/** A thread that loads parts of batches; it keeps the process alive only while it is held. */
export class LoaderThread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiter>();
  private readonly exited: Promise<void>;
  private ended: FaceError | undefined;
  private sequence = 0;

  constructor(setup: LoaderSetup) {
    this.worker = startWorker(import.meta.url, { name: 'loader-worker', workerData: setup });
    this.worker.unref();
    let reason = 'it ended';
    this.worker.on('message', (answer: LoaderAnswer) => this.settle(answer));
    this.worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    this.exited = new Promise((resolve) => {
      this.worker.on('exit', () => {
        this.fail(new FaceError('RUNTIME_FAILED', `A thread of the loader is gone: ${reason}.`));
        resolve();
      });
    });
  }

  /** @throws {FaceError} with the code of what went wrong; as soon as the thread ends, too. */
  load(request: Omit<LoaderRequest, 'sequence'>): Promise<void> {
    if (this.ended) return Promise.reject(this.ended);
    const sequence = this.sequence++;
    return new Promise((resolve, reject) => {
      this.waiting.set(sequence, { resolve, reject });
      this.worker.postMessage({ ...request, sequence } satisfies LoaderRequest);
    });
  }

  hold(): void {
    this.worker.ref();
  }

  release(): void {
    this.worker.unref();
  }

  async close(): Promise<void> {
    this.fail(new FaceError('CANCELLED', 'The loader is closed.'));
    this.hold();
    await this.worker.terminate();
    await this.exited;
  }

  private settle({ sequence, error }: LoaderAnswer): void {
    const waiter = this.waiting.get(sequence);
    this.waiting.delete(sequence);
    if (error) waiter?.reject(new FaceError(error.code, error.message));
    else waiter?.resolve();
  }

  private fail(error: FaceError): void {
    this.ended ??= error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
