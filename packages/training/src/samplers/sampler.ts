/** Which rows of a data set an iteration learns from: a function of the iteration alone, so a run that goes on needs no state. */
export interface Sampler {
  readonly batchSize: number;
  /** Batches in one pass over the data, as the sampler defines a pass. */
  readonly batchesPerEpoch: number;

  /**
   * @param iteration - From 0.
   * @returns Rows of the data set. Shape `[batchSize]`.
   */
  batch(iteration: number): Int32Array;
}
