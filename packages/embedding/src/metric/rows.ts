import { FaceError } from '@kith/core';

/** Numbers in a flat array: single precision from a network, double in tests and wherever sums are kept. */
export type Reals = Float32Array | Float64Array;

/** Vectors, one a row: a batch's embeddings, or the weights of a head's classes. */
export interface Rows {
  /** Shape `[count, dimension]`, row-major. */
  readonly values: Reals;
  readonly count: number;
  readonly dimension: number;
}

/**
 * Read a flat array as rows; nothing is copied.
 *
 * @param values - Shape `[count, dimension]`, row-major.
 * @throws {FaceError} `USAGE` when the array does not hold whole rows.
 */
export function asRows(values: Reals, dimension: number): Rows {
  const count = values.length / dimension;
  if (!Number.isInteger(count)) {
    throw new FaceError('USAGE', `Rows of ${dimension} numbers need a multiple of that, got ${values.length}.`);
  }
  return { values, count, dimension };
}

/** Copy vectors of one dimension into rows, in order. */
export function stackRows(vectors: readonly ArrayLike<number>[]): Rows {
  const dimension = vectors[0]?.length ?? 1;
  const rows = asRows(new Float32Array(vectors.length * dimension), dimension);
  for (const [row, vector] of vectors.entries()) {
    if (vector.length !== dimension) {
      throw new FaceError(
        'USAGE',
        `Rows need one dimension: expected ${dimension}, got ${vector.length} in row ${row}.`,
      );
    }
    rows.values.set(vector, row * dimension);
  }
  return rows;
}

/** @throws {FaceError} `USAGE` unless there is one label a row, each a whole number in [0, classes). */
export function assertLabels(labels: Int32Array, count: number, classes = Number.POSITIVE_INFINITY): void {
  if (labels.length !== count) throw new FaceError('USAGE', `Expected a label a row, ${count}, got ${labels.length}.`);
  const wrong = labels.find((label) => label < 0 || label >= classes);
  if (wrong !== undefined) throw new FaceError('USAGE', `A label is a class in [0, ${classes}), got ${wrong}.`);
}
