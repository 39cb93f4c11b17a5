import type { Distances, DistanceTable } from '../distances.ts';
import type { LossTerms } from '../reducers.ts';
import { assertLabels } from '../rows.ts';

/** Keeps the root's slope finite where two embeddings fall together. */
const epsilon = 1e-12;

/**
 * For each pair of rows, (0, 1), (0, 2), … (1, 2), …: `½ d²` of one person, `½ max(0, m − d)²` of two, d the L2 distance.
 * Its mean is Caffe's ContrastiveLoss.
 *
 * @see Hadsell et al., Dimensionality Reduction by Learning an Invariant Mapping, CVPR 2006, §2.1.
 */
export function contrastiveLoss(
  distances: Distances,
  labels: Int32Array,
  { marginL2 = 1 }: { readonly marginL2?: number } = {},
): LossTerms {
  return pairLoss(distances, labels, marginL2);
}

/**
 * DeepID2's verification signal: the contrastive terms at a margin that is not learnt but set again and again by {@link verificationMargin}.
 * It is added to softmax with a weight of 0.05, and only after softmax has begun to learn.
 *
 * @see Sun et al., DeepID2, NIPS 2014, §2.
 */
export function deepid2VerificationLoss(
  distances: Distances,
  labels: Int32Array,
  { marginL2 }: { readonly marginL2: number },
): LossTerms {
  return pairLoss(distances, labels, marginL2);
}

function pairLoss(distances: Distances, labels: Int32Array, margin: number): LossTerms {
  const { values: table, count } = distances;
  const { perSquaredL2 } = distances.distance;
  assertLabels(labels, count);
  const values = new Float64Array((count * (count - 1)) / 2);
  // derivative of each pair's term by the table's distance
  const slopes = new Float64Array(values.length);
  for (const { i, j, pair } of pairsOf(count)) {
    const squared = table[i * count + j]! / perSquaredL2;
    const lacking = Math.max(0, margin - Math.sqrt(squared + epsilon));
    const genuine = labels[i] === labels[j];
    values[pair] = genuine ? squared / 2 : lacking ** 2 / 2;
    slopes[pair] = (genuine ? 0.5 : -lacking / (2 * Math.sqrt(squared + epsilon))) / perSquaredL2;
  }
  const backward = (upstream: Float64Array) => {
    const gradient = new Float64Array(table.length);
    for (const { i, j, pair } of pairsOf(count)) gradient[i * count + j] = upstream[pair]! * slopes[pair]!;
    return { embeddings: distances.backward(gradient) };
  };
  return { values, backward };
}

function* pairsOf(count: number): Generator<{ readonly i: number; readonly j: number; readonly pair: number }> {
  let pair = 0;
  for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) yield { i, j, pair: pair++ };
}

/**
 * Find the L2 distance that, as a threshold, decides fewest of the table's pairs wrongly; of several the least.
 *
 * @returns Half-way to the next distance; that to the first is halved, beyond the last stands the last.
 * @see Sun et al., DeepID2, NIPS 2014, §2.
 */
export function verificationMargin({ values, count, distance }: DistanceTable, labels: Int32Array): number {
  assertLabels(labels, count);
  const pairs = Array.from(pairsOf(count), ({ i, j }) => ({
    l2: Math.sqrt(values[i * count + j]! / distance.perSquaredL2),
    genuine: labels[i] === labels[j],
  })).sort((one, other) => one.l2 - other.l2);
  let errors = pairs.filter(({ genuine }) => genuine).length;
  let best = { errors, marginL2: (pairs[0]?.l2 ?? 0) / 2 };
  for (const [rank, { l2, genuine }] of pairs.entries()) {
    errors += genuine ? -1 : 1;
    const next = pairs[rank + 1]?.l2 ?? l2;
    const divides = next > l2 || rank === pairs.length - 1;
    if (divides && errors < best.errors) best = { errors, marginL2: (l2 + next) / 2 };
  }
  return best.marginL2;
}
