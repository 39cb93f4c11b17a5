import { FaceError, symmetricEigen } from '@kith/core';
import { formatShape, type Weights } from '@kith/network';
import { covarianceOf } from './metric/covariance.ts';
import type { Rows } from './metric/rows.ts';

/** A projection onto the directions in which vectors vary most, fitted to some of them. */
export interface PrincipalComponents {
  /** Of the vectors. Shape `[from]`. */
  readonly mean: Float32Array;
  /** Directions of length 1 at right angles, that of most variance first. Shape `[dimension, from]`, row-major. */
  readonly components: Float32Array;
  /** Of the vectors along each component, over their number. Shape `[dimension]`. */
  readonly variances: Float32Array;
  /** What each component is multiplied by: 1, or `1 / √variance` where whitened. Shape `[dimension]`. */
  readonly scales: Float32Array;
}

export interface PrincipalComponentsOptions {
  /** How many components; at most as many as the rows span. */
  readonly dimension: number;
  /** Whether to scale each component to variance 1. */
  readonly whiten?: boolean;
}

/** Variances this small beside the largest are rounding. */
const noVariance = 1e-12;

/**
 * Fit a projection to rows: the eigenvectors of their covariance.
 *
 * @throws {FaceError} `USAGE` for a dimension that is none, or more than the rows span; `EMBEDDING_ZERO` for rows that are not finite.
 * @see Pearson, On lines and planes of closest fit, 1901.
 */
export function fitPrincipalComponents(
  rows: Rows,
  { dimension, whiten = false }: PrincipalComponentsOptions,
): PrincipalComponents {
  if (!rows.values.every(Number.isFinite)) {
    throw new FaceError('EMBEDDING_ZERO', 'Principal components need rows of finite numbers, got others.');
  }
  const { mean, centred, products, size } = covarianceOf(rows);
  const { values, vectors } = symmetricEigen(products, size);
  const rank = values.filter((value) => value > noVariance * values[0]!).length;
  if (!Number.isInteger(dimension) || dimension < 1 || dimension > rank) {
    throw new FaceError(
      'USAGE',
      `${rows.count} rows of ${rows.dimension} span ${rank} components, expected a number of 1 to ${rank}, got ${dimension}.`,
    );
  }
  const components =
    size === rows.dimension ? vectors.subarray(0, dimension * size) : acrossRows(centred, { rows, vectors, dimension });
  const variances = Float32Array.from(values.subarray(0, dimension));
  return {
    mean: Float32Array.from(mean),
    components: Float32Array.from(components),
    variances,
    scales: variances.map((variance) => (whiten ? 1 / Math.sqrt(variance) : 1)),
  };
}

/** From eigenvectors u of the rows' products to those of the columns': `Cᵀu`, scaled to length 1. */
function acrossRows(
  centred: Float64Array,
  { rows, vectors, dimension }: { readonly rows: Rows; readonly vectors: Float64Array; readonly dimension: number },
): Float64Array {
  const components = new Float64Array(dimension * rows.dimension);
  for (let component = 0; component < dimension; component++) {
    const to = components.subarray(component * rows.dimension, (component + 1) * rows.dimension);
    for (let row = 0; row < rows.count; row++) {
      const part = vectors[component * rows.count + row]!;
      for (let k = 0; k < to.length; k++) to[k]! += part * centred[row * rows.dimension + k]!;
    }
    const length = Math.sqrt(to.reduce((sum, value) => sum + value * value, 0));
    for (let k = 0; k < to.length; k++) to[k]! /= length;
  }
  return components;
}

/**
 * Project a vector: `scales · (components (vector − mean))`.
 *
 * @param vector - Shape `[from]`.
 * @returns Of no particular length. Shape `[dimension]`.
 * @throws {FaceError} `USAGE` for a vector of another dimension.
 */
export function projectToComponents(
  vector: ArrayLike<number>,
  { mean, components, scales }: PrincipalComponents,
): Float64Array {
  const from = mean.length;
  if (vector.length !== from) {
    throw new FaceError('USAGE', `The components were fitted to vectors of ${from}, got one of ${vector.length}.`);
  }
  return Float64Array.from(scales, (scale, component) => {
    let along = 0;
    for (let k = 0; k < from; k++) along += components[component * from + k]! * (vector[k]! - mean[k]!);
    return scale * along;
  });
}

/** Write components as weights, to be kept in a file. */
export function principalComponentsWeights({ mean, components, variances, scales }: PrincipalComponents): Weights {
  const [from, dimension] = [mean.length, scales.length];
  return new Map([
    ['mean', { shape: [from], data: mean }],
    ['components', { shape: [dimension, from], data: components }],
    ['variances', { shape: [dimension], data: variances }],
    ['scales', { shape: [dimension], data: scales }],
  ]);
}

/**
 * Read components from the weights that {@link principalComponentsWeights} wrote.
 *
 * @throws {FaceError} `WEIGHTS_MISMATCH` when a tensor is missing, too many or of another shape, `WEIGHTS_NOT_FINITE`.
 */
export function readPrincipalComponents(weights: Weights): PrincipalComponents {
  const [from = 0] = weights.get('mean')?.shape ?? [];
  const [dimension = 0] = weights.get('scales')?.shape ?? [];
  const shapes = { mean: [from], components: [dimension, from], variances: [dimension], scales: [dimension] };
  const extra = [...weights.keys()].find((name) => !Object.hasOwn(shapes, name));
  if (extra !== undefined) {
    throw new FaceError('WEIGHTS_MISMATCH', `Principal components have no ${extra}, which the weights bring.`);
  }
  const take = (name: keyof typeof shapes): Float32Array => {
    const tensor = weights.get(name);
    const [expected, got] = [formatShape(shapes[name]), tensor ? formatShape(tensor.shape) : 'none'];
    if (!tensor || expected !== got) {
      throw new FaceError('WEIGHTS_MISMATCH', `Principal components: ${name} is ${expected}, got ${got}.`);
    }
    if (tensor.data.every(Number.isFinite)) return tensor.data;
    throw new FaceError('WEIGHTS_NOT_FINITE', `Principal components: ${name} holds numbers that are not finite.`);
  };
  return {
    mean: take('mean'),
    components: take('components'),
    variances: take('variances'),
    scales: take('scales'),
  };
}
