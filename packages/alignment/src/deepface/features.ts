import { FaceError, l2Normalize } from '@kith/core';
import type { Weights } from '@kith/network';

/** Name under which a DeepFace model file keeps the largest activation that training saw of each of F7's numbers. */
export const maximaName = 'F7/maximum';

/** What a maximum counts as at least: ε of the paper. */
export const leastMaximum = 0.05;

/**
 * Find the largest activation of each of F7's numbers over a training set.
 *
 * @param activations - `[faces, dimension]`, not negative.
 * @returns `[dimension]`.
 * @throws {FaceError} `USAGE` when there is no face or no whole number of them, `EMBEDDING_ZERO` for numbers that are not finite.
 * @see Taigman et al., DeepFace, CVPR 2014, §3.1.
 */
export function trainingMaxima(activations: Float32Array, dimension: number): Float32Array {
  assertRows(activations, dimension);
  if (activations.length === 0) throw new FaceError('USAGE', 'Maxima need at least one face, got none.');
  const maxima = new Float32Array(dimension);
  for (let from = 0; from < activations.length; from += dimension) {
    for (let k = 0; k < dimension; k++) {
      const value = activations[from + k]!;
      if (!Number.isFinite(value)) {
        throw new FaceError(
          'EMBEDDING_ZERO',
          `Expected finite activations, got ${value} for face ${from / dimension}.`,
        );
      }
      if (value > maxima[k]!) maxima[k] = value;
    }
  }
  return maxima;
}

/**
 * Make features of F7's activations: each number over its maximum in training, then each face scaled to length 1.
 *
 * @param activations - `[faces, d]`.
 * @param maxima - `[d]`, from {@link trainingMaxima}.
 * @returns `[faces, d]`.
 * @throws {FaceError} `USAGE` when there is no whole number of faces, `EMBEDDING_ZERO` for a face of zeros or of numbers that are not finite.
 * @see Taigman et al., DeepFace, CVPR 2014, §3.1.
 */
export function deepfaceFeatures(activations: Float32Array, maxima: Float32Array): Float32Array {
  const dimension = maxima.length;
  assertRows(activations, dimension);
  const features = new Float32Array(activations.length);
  const row = new Float32Array(dimension);
  for (let from = 0; from < activations.length; from += dimension) {
    for (let k = 0; k < dimension; k++) row[k] = activations[from + k]! / Math.max(maxima[k]!, leastMaximum);
    features.set(l2Normalize(row), from);
  }
  return features;
}

/** Put maxima beside a net's weights, for its model file. */
export function withMaxima(weights: Weights, maxima: Float32Array): Weights {
  return new Map([...weights, [maximaName, { shape: [maxima.length], data: maxima }]]);
}

/**
 * Take a model file apart: the net's weights alone, and the maxima.
 *
 * @throws {FaceError} `WEIGHTS_MISMATCH` when there are no maxima, or not in a row.
 */
export function takeMaxima(model: Weights): { readonly weights: Weights; readonly maxima: Float32Array } {
  const tensor = model.get(maximaName);
  if (tensor?.shape.length !== 1) {
    const got = tensor === undefined ? 'none' : `one of ${tensor.shape.length} dimensions`;
    throw new FaceError(
      'WEIGHTS_MISMATCH',
      `DeepFace's weights need a tensor ${maximaName} of one dimension, got ${got}.`,
    );
  }
  return { weights: new Map([...model].filter(([name]) => name !== maximaName)), maxima: tensor.data };
}

function assertRows({ length }: Float32Array, dimension: number): void {
  if (dimension > 0 && Number.isInteger(dimension) && length % dimension === 0) return;
  throw new FaceError('USAGE', `Expected rows of ${dimension} numbers, got ${length} numbers in all.`);
}
