import { FaceError } from '@kith/core';
import type { Rows } from './rows.ts';

/** Rows scaled to length 1, with their lengths. */
export interface UnitRows extends Rows {
  readonly values: Float64Array;
  /** Shape `[count]`. */
  readonly lengths: Float64Array;
  /** Lead a gradient at the unit rows, shape `[count, dimension]`, back to the rows they were made of. */
  readonly backward: (upstream: Float64Array) => Float64Array;
}

/** A row this short has no direction. */
const noLength = 1e-12;

/**
 * Scale each row to length 1: `y = x / |x|`, and back `(g − y (y · g)) / |x|`.
 * A row without length becomes zeros and takes no gradient, so a collapse to 0 gives no NaN.
 */
export function unitRows({ values, count, dimension }: Rows): UnitRows {
  const units = new Float64Array(count * dimension);
  const lengths = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const from = row * dimension;
    let squares = 0;
    for (let k = from; k < from + dimension; k++) squares += values[k]! * values[k]!;
    lengths[row] = Math.sqrt(squares);
    if (lengths[row]! <= noLength) continue;
    for (let k = from; k < from + dimension; k++) units[k] = values[k]! / lengths[row]!;
  }
  const backward = (upstream: Float64Array): Float64Array => {
    const gradient = new Float64Array(count * dimension);
    for (let row = 0; row < count; row++) {
      if (lengths[row]! <= noLength) continue;
      const from = row * dimension;
      let along = 0;
      for (let k = from; k < from + dimension; k++) along += units[k]! * upstream[k]!;
      for (let k = from; k < from + dimension; k++) gradient[k] = (upstream[k]! - units[k]! * along) / lengths[row]!;
    }
    return gradient;
  };
  return { values: units, count, dimension, lengths, backward };
}

/** Every row of one with every row of another. */
export interface Products {
  /** `one[i] · other[j]`. Shape `[one.count, other.count]`, row-major. */
  readonly values: Float64Array;
  /** Lead a gradient of that shape back to the rows. */
  readonly backward: (upstream: Float64Array) => { readonly one: Float64Array; readonly other: Float64Array };
}

/**
 * Multiply each row of one by each row of another; back, `U other` and `Uᵀ one`.
 *
 * @throws {FaceError} `USAGE` when the dimensions differ.
 */
export function dotProducts(one: Rows, other: Rows): Products {
  const { values: left, dimension } = one;
  const { values: right, count: columns } = other;
  if (other.dimension !== dimension) {
    throw new FaceError('USAGE', `Rows to multiply need one dimension, got ${dimension} and ${other.dimension}.`);
  }
  const values = new Float64Array(one.count * columns);
  for (let cell = 0; cell < values.length; cell++) {
    const a = Math.floor(cell / columns) * dimension;
    const b = (cell % columns) * dimension;
    let dot = 0;
    for (let k = 0; k < dimension; k++) dot += left[a + k]! * right[b + k]!;
    values[cell] = dot;
  }
  const backward = (upstream: Float64Array) => {
    const atLeft = new Float64Array(left.length);
    const atRight = new Float64Array(right.length);
    for (let cell = 0; cell < values.length; cell++) {
      const weight = upstream[cell]!;
      if (weight === 0) continue;
      const a = Math.floor(cell / columns) * dimension;
      const b = (cell % columns) * dimension;
      for (let k = 0; k < dimension; k++) {
        atLeft[a + k]! += weight * right[b + k]!;
        atRight[b + k]! += weight * left[a + k]!;
      }
    }
    return { one: atLeft, other: atRight };
  };
  return { values, backward };
}
