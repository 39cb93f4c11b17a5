/** Boxes that a detector's net believes in, before those that show the same face are put together. */
export interface Candidates {
  /** Shape `[n, 4]`: xMin, yMin, xMax, yMax, as shares of the square that the net looks at. */
  readonly boxes: Float32Array;
  /** Shape `[n]`, 0–1. */
  readonly scores: Float32Array;
}

/** The logit whose sigmoid is a score: what is below it needs no sigmoid to be dropped. */
export function logitOf(score: number): number {
  return Math.log(score / (1 - score));
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
