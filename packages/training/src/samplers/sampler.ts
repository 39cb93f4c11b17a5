import { FaceError } from '@kith/core';

/** Which rows of a data set an iteration learns from: a function of the iteration alone, so a run that goes on needs no state. */
export interface Sampler {
  readonly batchSize: number;
  /** Batches in one pass over the data, as the sampler defines a pass. */
  readonly batchesPerEpoch: number;

  /**
   * @param iteration - From 0.
   * @returns Rows of the data set. Shape `[batchSize]`.
   * @throws {FaceError} `USAGE` when it is no whole number from 0.
   */
  batch(iteration: number): Int32Array;
}

/** @throws {FaceError} `USAGE` for what counts no updates. */
export function assertIteration(iteration: number): void {
  if (Number.isSafeInteger(iteration) && iteration >= 0) return;
  throw new FaceError('USAGE', `An iteration is a whole number from 0, got ${iteration}.`);
}
