/**
 * Squared Euclidean distance. Small = same; in [0, 4] between embeddings.
 *
 * @see Schroff et al., FaceNet, CVPR 2015, §3.1.
 */
export function squaredL2(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) {
    const difference = one[i]! - other[i]!;
    sum += difference * difference;
  }
  return sum;
}

/** Cosine distance `1 − cos`. Small = same; in [0, 2] between embeddings, where it is half of {@link squaredL2}. */
export function cosineDistance(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let dot = 0;
  let squaresOne = 0;
  let squaresOther = 0;
  for (let i = 0; i < one.length; i++) {
    dot += one[i]! * other[i]!;
    squaresOne += one[i]! * one[i]!;
    squaresOther += other[i]! * other[i]!;
  }
  return 1 - dot / Math.sqrt(squaresOne * squaresOther);
}
