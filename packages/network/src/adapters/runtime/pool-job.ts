import type { Batch } from '../../runtime.ts';
import { cancelled } from './batch-checks.ts';
import type { SharedModel } from './shared-model.ts';

interface JobOptions extends Batch {
  readonly model: SharedModel;
  /** Numbers of each output for one input. */
  readonly sizes: readonly number[];
}

/** One caller's run on its way through the pool. */
export class PoolJob implements Batch {
  readonly model: SharedModel;
  readonly count: number;
  readonly data: Batch['data'];
  readonly answer: Promise<readonly Float32Array[]>;
  /** Threads that ended under it. */
  attempts = 0;
  settled = false;
  private readonly sizes: readonly number[];
  private resolve!: (values: readonly Float32Array[]) => void;
  private reject!: (error: unknown) => void;

  constructor({ model, sizes, count, data }: JobOptions) {
    this.model = model;
    this.sizes = sizes;
    this.count = count;
    this.data = data;
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** Whether two jobs can be one batch. */
  goesWith(other: PoolJob): boolean {
    return this.model === other.model && this.data instanceof Uint8Array === other.data instanceof Uint8Array;
  }

  /** Take this job's part, from the input `first` on, out of a batch's answer. */
  succeed(values: readonly Float32Array[], first: number): void {
    this.settled = true;
    this.resolve(values.map((all, i) => all.slice(first * this.sizes[i]!, (first + this.count) * this.sizes[i]!)));
  }

  fail(error: unknown): void {
    this.settled = true;
    this.reject(error);
  }

  cancel(): void {
    this.fail(cancelled());
  }
}

/** Put jobs' inputs one after the other into memory of its own, which may move to a thread. */
export function joined(jobs: readonly PoolJob[]): Batch {
  const length = jobs.reduce((sum, { data }) => sum + data.length, 0);
  const data = jobs[0]!.data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  let end = 0;
  for (const job of jobs) {
    data.set(job.data, end);
    end += job.data.length;
  }
  return { count: jobs.reduce((sum, { count }) => sum + count, 0), data };
}
