/** Distances of pairs with the identities behind each. All of shape `[pairs]`. */
export interface PairDistances {
  /** Squared L2, in [0, 4]. */
  readonly distances: Float32Array;
  /** Identity of one face, as an index from 0. */
  readonly one: Int32Array;
  readonly other: Int32Array;
}

/** Every pair of a set of faces, by kind. */
export interface AllPairs {
  readonly genuine: PairDistances;
  readonly impostor: PairDistances;
  /** Faces of each identity. Shape `[identities]`. */
  readonly faces: Int32Array;
}

/** Faces a side of a block: two blocks of 128-d embeddings stay in the cache. */
const block = 64;

/**
 * Compare every face with every other.
 *
 * @param embeddings - Unit vectors, row-major. Shape `[n, dimension]`.
 * @param identities - Person of each row, as an index from 0. Shape `[n]`.
 */
export function allPairs(embeddings: Float32Array, identities: Int32Array): AllPairs {
  const n = identities.length;
  const dimension = n === 0 ? 0 : embeddings.length / n;
  const faces = new Int32Array(identities.reduce((most, identity) => Math.max(most, identity), -1) + 1);
  for (const identity of identities) faces[identity]!++;
  const genuinePairs = faces.reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
  const genuine = emptyPairs(genuinePairs);
  const impostor = emptyPairs((n * (n - 1)) / 2 - genuinePairs);
  let [g, m] = [0, 0];
  for (let rows = 0; rows < n; rows += block) {
    for (let columns = rows; columns < n; columns += block) {
      for (let i = rows; i < Math.min(rows + block, n); i++) {
        for (let j = Math.max(columns, i + 1); j < Math.min(columns + block, n); j++) {
          let distance = 0;
          for (let k = 0, a = i * dimension, b = j * dimension; k < dimension; k++, a++, b++) {
            const difference = embeddings[a]! - embeddings[b]!;
            distance += difference * difference;
          }
          const same = identities[i] === identities[j];
          const kind = same ? genuine : impostor;
          const at = same ? g++ : m++;
          kind.distances[at] = distance;
          kind.one[at] = identities[i]!;
          kind.other[at] = identities[j]!;
        }
      }
    }
  }
  return { genuine, impostor, faces };
}

function emptyPairs(length: number): PairDistances {
  return { distances: new Float32Array(length), one: new Int32Array(length), other: new Int32Array(length) };
}
