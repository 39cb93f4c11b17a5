import { FaceError } from '@kith/core';

/** Pairs of faces as indices into features `[faces, d]`; `isGenuine` is 1 where both show one person, else 0. */
export interface FacePairs {
  readonly one: Int32Array;
  readonly other: Int32Array;
  readonly isGenuine: Uint8Array;
}

/** What a distance adds up: how far two faces are apart in one number of their features. */
export type Term = (one: number, other: number) => number;

/** Squared difference over the sum; 0 where both are 0. */
export const chiSquareTerm: Term = (one, other) => {
  const sum = one + other;
  return sum === 0 ? 0 : (one - other) ** 2 / sum;
};

/** Difference without its sign. */
export const differenceTerm: Term = (one, other) => Math.abs(one - other);

/** Rows to learn a distance from, scaled so that their mean squared length is 1. */
export interface PairTerms {
  /** `[pairs, d]`. */
  readonly rows: Float64Array;
  /** What the terms were multiplied by. */
  readonly scale: number;
  /** 1 for two people, −1 for one: `[pairs]`. */
  readonly labels: Int8Array;
}

/**
 * Lay out the terms of pairs for a solver.
 *
 * @param features - `[faces, dimension]`.
 * @throws {FaceError} `USAGE` when a pair names a face that is not there, or pairs of one person or of two are lacking.
 */
export function pairTerms(
  features: Float32Array,
  pairs: FacePairs,
  { dimension, term }: { readonly dimension: number; readonly term: Term },
): PairTerms {
  const count = pairs.isGenuine.length;
  assertPairs(pairs, features.length / dimension);
  const rows = new Float64Array(count * dimension);
  let squares = 0;
  for (let pair = 0; pair < count; pair++) {
    const [one, other] = [pairs.one[pair]! * dimension, pairs.other[pair]! * dimension];
    for (let k = 0; k < dimension; k++) {
      const value = term(features[one + k]!, features[other + k]!);
      rows[pair * dimension + k] = value;
      squares += value * value;
    }
  }
  const scale = squares === 0 ? 1 : Math.sqrt(count / squares);
  for (let i = 0; i < rows.length; i++) rows[i] = rows[i]! * scale;
  return { rows, scale, labels: Int8Array.from(pairs.isGenuine, (genuine) => (genuine ? -1 : 1)) };
}

function assertPairs({ one, other, isGenuine }: FacePairs, faces: number): void {
  const count = isGenuine.length;
  if (one.length !== count || other.length !== count) {
    throw new FaceError('USAGE', `Expected as many faces as answers, got ${one.length}, ${other.length} and ${count}.`);
  }
  if (!Number.isInteger(faces)) throw new FaceError('USAGE', `Expected whole rows of features, got ${faces} rows.`);
  const bad = [...one, ...other].find((face) => !(face >= 0 && face < faces));
  if (bad !== undefined) throw new FaceError('USAGE', `A pair names face ${bad}, expected one of ${faces} from 0.`);
  if (isGenuine.includes(0) && isGenuine.some((genuine) => genuine !== 0)) return;
  throw new FaceError('USAGE', `Expected pairs of one person and of two, got ${count} of one kind.`);
}
