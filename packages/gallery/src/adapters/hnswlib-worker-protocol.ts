import type { VectorSnapshot } from '../exact-index.ts';
import type { GraphOptions } from './hnswlib-graph.ts';

/** What the index's thread is started with. */
export interface WorkerSetup {
  readonly dir: string | undefined;
  readonly dimension: number;
  readonly graph: GraphOptions;
  /** Shared with the thread that asks; see {@link workerFlags}. */
  readonly flags: Int32Array<SharedArrayBuffer>;
}

/**
 * Places in {@link WorkerSetup.flags}. A thread stopped within a call of hnswlib takes the whole process with it, so it is never
 * stopped from outside: `stop` asks it to stop, `busy` tells whether it is at work.
 */
export const workerFlags = { stop: 0, busy: 1 } as const;

/** What the thread is asked; answered in order. */
export type WorkerRequest =
  | ({ readonly kind: 'open' } & VectorSnapshot)
  | { readonly kind: 'add'; readonly id: number; readonly vector: Float32Array }
  | { readonly kind: 'remove'; readonly id: number }
  | { readonly kind: 'search'; readonly vector: Float32Array; readonly count: number }
  | { readonly kind: 'save' };

export interface WorkerAnswer {
  readonly sequence: number;
  readonly error?: string;
  /** Of `open`: why the graph had to be built; absent where the cache was good. */
  readonly builtBecause?: string;
  readonly labels?: readonly number[];
  readonly distances?: readonly number[];
  readonly hidden?: number;
}
