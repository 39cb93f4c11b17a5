import { unitRows } from './products.ts';
import type { Rows } from './rows.ts';

/**
 * A way to measure how far two embeddings are apart. Small = same, always.
 * Margins are given in squared L2 everywhere, and a distance turns them into its own unit: 0.2 is never taken for a cosine.
 */
export interface Distance {
  readonly name: 'squaredL2' | 'cosine';
  readonly direction: 'small is same';
  /** Between embeddings, which have length 1. */
  readonly range: readonly [least: number, most: number];
  /** This distance of two embeddings over their squared L2. */
  readonly perSquaredL2: number;
  /** Measure every row against every row. */
  readonly pairwise: (rows: Rows) => Distances;
}

/** Distances between all rows of a batch: all that a miner reads. */
export interface DistanceTable {
  readonly distance: Distance;
  /** Shape `[count, count]`, row-major, symmetric; 0 on the diagonal. */
  readonly values: Float32Array | Float64Array;
  readonly count: number;
}

/** A distance table that remembers its rows, so that a loss leads back to them. */
export interface Distances extends DistanceTable {
  readonly values: Float64Array;
  /** Lead a gradient at the table, shape `[count, count]`, back to the rows: shape `[count, dimension]`. */
  readonly backward: (upstream: Float64Array) => Float64Array;
}

/**
 * `Σ (xₖ − yₖ)²`; back, `2 (x − y)` at x and its opposite at y.
 *
 * @see Schroff et al., FaceNet, CVPR 2015, §3.1.
 */
export const squaredL2: Distance = {
  name: 'squaredL2',
  direction: 'small is same',
  range: [0, 4],
  perSquaredL2: 1,
  pairwise({ values: rows, count, dimension }) {
    const values = new Float64Array(count * count);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < i; j++) {
        const [a, b] = [i * dimension, j * dimension];
        let sum = 0;
        for (let k = 0; k < dimension; k++) {
          const difference = rows[a + k]! - rows[b + k]!;
          sum += difference * difference;
        }
        values[i * count + j] = sum;
        values[j * count + i] = sum;
      }
    }
    const backward = (upstream: Float64Array): Float64Array => {
      const gradient = new Float64Array(count * dimension);
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < i; j++) {
          const slope = 2 * (upstream[i * count + j]! + upstream[j * count + i]!);
          if (slope === 0) continue;
          const [a, b] = [i * dimension, j * dimension];
          for (let k = 0; k < dimension; k++) {
            const push = slope * (rows[a + k]! - rows[b + k]!);
            gradient[a + k]! += push;
            gradient[b + k]! -= push;
          }
        }
      }
      return gradient;
    };
    return { distance: squaredL2, values, count, backward };
  },
};

/**
 * `1 − cos`, taken as half the squared L2 of the rows at length 1: exact where they fall together.
 * A row without length stands at 0 from others like it and at ½ from the rest.
 */
export const cosine: Distance = {
  name: 'cosine',
  direction: 'small is same',
  range: [0, 2],
  perSquaredL2: 0.5,
  pairwise(rows) {
    const units = unitRows(rows);
    const { values, count, backward } = squaredL2.pairwise(units);
    return {
      distance: cosine,
      values: values.map((value) => value / 2),
      count,
      backward: (upstream) => units.backward(backward(upstream.map((value) => value / 2))),
    };
  },
};
