import { FaceError } from '@kith/core';
import { fitLinearSvm, type LinearSvmOptions } from './linear-svm.ts';
import { fitLogistic, type LogisticOptions } from './logistic.ts';
import { chiSquareTerm, differenceTerm, type FacePairs, pairTerms, type Term } from './pair-terms.ts';

/** Weights of a distance's terms: it is Σ weights · term, and two faces are taken for one person's where it is below `threshold`. */
export interface LearnedDistance {
  /** `[d]`; some may be below 0. */
  readonly weights: Float64Array;
  readonly threshold: number;
}

/**
 * One less the inner product of two features; for features of length 1 without negative numbers in [0, 1], 0 for the same.
 *
 * @throws {FaceError} `USAGE` for features of two lengths.
 * @see Taigman et al., DeepFace, CVPR 2014, §4.
 */
export function innerProductDistance(one: ArrayLike<number>, other: ArrayLike<number>): number {
  return 1 - sumOf((a, b) => a * b, { one, other });
}

/**
 * Weighted χ² of two features: Σ w (one − other)² / (one + other), 0 for the same.
 *
 * @param weights - `[d]`; without them each is 1, and the distance at most the sum of all numbers of both.
 * @throws {FaceError} `USAGE` for lengths that differ.
 * @see Taigman et al., DeepFace, CVPR 2014, §4.1.
 */
export function weightedChiSquare(
  one: ArrayLike<number>,
  other: ArrayLike<number>,
  { weights }: { readonly weights?: ArrayLike<number> } = {},
): number {
  return sumOf(chiSquareTerm, { one, other, weights });
}

/**
 * The Siamese net's distance of two features: Σ α |one − other|, 0 for the same.
 *
 * @param weights - α, `[d]`; without them each is 1.
 * @throws {FaceError} `USAGE` for lengths that differ.
 * @see Taigman et al., DeepFace, CVPR 2014, §4.2.
 */
export function siameseDistance(
  one: ArrayLike<number>,
  other: ArrayLike<number>,
  { weights }: { readonly weights?: ArrayLike<number> } = {},
): number {
  return sumOf(differenceTerm, { one, other, weights });
}

/**
 * Learn the weights of χ² by a linear support vector machine on pairs' terms, scaled to a mean squared length of 1.
 *
 * @param features - `[faces, dimension]`.
 * @throws {FaceError} `USAGE` for pairs of one kind alone or of faces that are not there.
 * @see Taigman et al., DeepFace, CVPR 2014, §4.1.
 */
export function learnChiSquareWeights(
  features: Float32Array,
  pairs: FacePairs,
  { dimension, ...options }: LinearSvmOptions & { readonly dimension: number },
): LearnedDistance {
  const { rows, labels, scale } = pairTerms(features, pairs, { dimension, term: chiSquareTerm });
  const { weights, bias } = fitLinearSvm(rows, labels, options);
  return { weights: weights.map((weight) => weight * scale), threshold: -bias };
}

/**
 * Learn α of the Siamese net's top on features that stay as they are: a logistic unit on pairs' |one − other|, by cross-entropy.
 * The probability that two faces are of two people is 1 / (1 + e^(threshold − distance)).
 *
 * @param features - `[faces, dimension]`.
 * @throws {FaceError} `USAGE` for pairs of one kind alone or of faces that are not there.
 * @see Taigman et al., DeepFace, CVPR 2014, §4.2.
 */
export function learnSiamese(
  features: Float32Array,
  pairs: FacePairs,
  { dimension, ...options }: LogisticOptions & { readonly dimension: number },
): LearnedDistance {
  const { rows, labels, scale } = pairTerms(features, pairs, { dimension, term: differenceTerm });
  const { weights, bias } = fitLogistic({ rows, labels }, options);
  return { weights: weights.map((weight) => weight * scale), threshold: -bias };
}

function sumOf(
  term: Term,
  {
    one,
    other,
    weights,
  }: {
    readonly one: ArrayLike<number>;
    readonly other: ArrayLike<number>;
    readonly weights?: ArrayLike<number> | undefined;
  },
): number {
  if (one.length !== other.length || (weights !== undefined && weights.length !== one.length)) {
    const got = [one.length, other.length, weights?.length ?? one.length].join(', ');
    throw new FaceError('USAGE', `Expected features and weights of one length, got ${got}.`);
  }
  let sum = 0;
  for (let k = 0; k < one.length; k++) sum += (weights?.[k] ?? 1) * term(one[k]!, other[k]!);
  return sum;
}
