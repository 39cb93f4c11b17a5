import type { Rows } from './rows.ts';

/** What rows vary about, and how. */
export interface Covariance {
  /** Of the rows. Shape `[dimension]`. */
  readonly mean: Float64Array;
  /** Rows without their mean. Shape `[count, dimension]`. */
  readonly centred: Float64Array;
  /**
   * Lower triangle of `CᵀC / count`, or, where rows are fewer than columns, of `CCᵀ / count`: its other eigenvalues are 0.
   * Shape `[size, size]`.
   */
  readonly products: Float64Array;
  /** `min(count, dimension)`. */
  readonly size: number;
}

/** Find the covariance of rows, over their number. */
export function covarianceOf({ values, count, dimension }: Rows): Covariance {
  // measured from the first row, so that equal rows leave exactly 0
  const centred = Float64Array.from(values, (value, k) => value - values[k % dimension]!);
  const means = new Float64Array(dimension);
  for (let k = 0; k < count * dimension; k++) means[k % dimension]! += centred[k]! / count;
  for (let k = 0; k < count * dimension; k++) centred[k]! -= means[k % dimension]!;
  const mean = means.map((value, k) => value + (values[k] ?? 0));
  const size = Math.min(count, dimension);
  const products = count < dimension ? ofRows(centred, { count, dimension }) : ofColumns(centred, { count, dimension });
  return { mean, centred, products: products.map((product) => product / count), size };
}

type Sides = Pick<Rows, 'count' | 'dimension'>;

function ofColumns(centred: Float64Array, { dimension }: Sides): Float64Array {
  const products = new Float64Array(dimension * dimension);
  for (let row = 0; row < centred.length; row += dimension) {
    for (let i = 0; i < dimension; i++) {
      const part = centred[row + i]!;
      for (let j = 0; j <= i; j++) products[i * dimension + j]! += part * centred[row + j]!;
    }
  }
  return products;
}

function ofRows(centred: Float64Array, { count, dimension }: Sides): Float64Array {
  const products = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      let product = 0;
      for (let k = 0; k < dimension; k++) product += centred[i * dimension + k]! * centred[j * dimension + k]!;
      products[i * count + j] = product;
    }
  }
  return products;
}
