import type { ErrorCode } from '@kith/core';
import type { Batch, OnnxModel, RuntimeName, Session } from '../../runtime.ts';
import type { NetworkModel } from '../../weights.ts';
import type { ThreadFlags } from './thread-flags.ts';

/** What a thread of the pool is started with. */
export interface PoolSetup {
  readonly runtime: RuntimeName;
  readonly threads: number;
  readonly flags: ThreadFlags;
}

/** What a thread is asked. A model's numbers lie in memory that all threads share; a batch's memory moves to the thread. */
export type PoolRequest =
  | { readonly kind: 'load'; readonly model: number; readonly content: OnnxModel | NetworkModel }
  | ({ readonly kind: 'run'; readonly model: number } & Batch)
  | { readonly kind: 'unload'; readonly model: number };

export interface PoolMessage {
  readonly sequence: number;
  /** Absent to ask the thread to end. */
  readonly request?: PoolRequest;
}

export type LoadedModel = Pick<Session, 'input' | 'outputs'>;

export interface PoolAnswer {
  readonly sequence: number;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
  /** Of `load`. */
  readonly loaded?: LoadedModel;
  /** Of `run`. */
  readonly values?: readonly Float32Array[];
}
