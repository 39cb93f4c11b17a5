import { type Embedding, FaceError, squaredL2, type VectorIndex } from '@kith/core';
import { hardNegative, type Rule, type Take, takeNearest } from './negatives.ts';
import { assertLabels } from './rows.ts';
import { TripletList, type Triplets } from './triplets.ts';

export interface OfflineOptions {
  /** Empty; it is filled with the embeddings under their row numbers, and left to the caller. */
  readonly index: VectorIndex;
  /** How many people's photos, the anchor's own left out, are looked at around an anchor. */
  readonly neighbours?: number;
  readonly rule?: Rule;
  readonly take?: Take;
  readonly marginSquaredL2?: number;
}

/**
 * Mine an embedded epoch instead of a batch: each anchor–positive pair with negatives from among the anchor's nearest neighbours.
 * By default the nearest that is hard; what an approximate index misses is missed here.
 *
 * @param labels - Person of each embedding. Shape `[embeddings.length]`.
 * @throws {FaceError} `USAGE` when the index is not empty, or labels and embeddings differ in number.
 * @see Schroff et al., FaceNet, CVPR 2015, §3.2 (offline, over the whole of the latest network's embeddings).
 */
export async function mineOffline(
  embeddings: readonly Embedding[],
  labels: Int32Array,
  { index, neighbours = 50, rule = hardNegative, take = takeNearest, marginSquaredL2 = 0.2 }: OfflineOptions,
): Promise<Triplets> {
  assertLabels(labels, embeddings.length);
  if (index.size > 0) throw new FaceError('USAGE', `Offline mining needs an empty index, got one of ${index.size}.`);
  for (const [row, embedding] of embeddings.entries()) await index.add(row, embedding);
  const people = rowsByLabel(labels);
  const triplets = new TripletList();
  for (const [row, embedding] of embeddings.entries()) {
    const own = people.get(labels[row]!)!;
    if (own.length < 2) continue;
    const found = await index.search(embedding, neighbours + own.length);
    const others = found.filter(({ id }) => labels[id] !== labels[row]).slice(0, neighbours);
    const far = Float64Array.from(others, ({ distance }) => distance);
    for (const positive of own) {
      if (positive === row) continue;
      const near = squaredL2(embedding, embeddings[positive]!);
      const { start, end } = take(rule(far, near, marginSquaredL2));
      for (const { id } of others.slice(start, end)) triplets.add(row, positive, id);
    }
  }
  return triplets.finish();
}

function rowsByLabel(labels: Int32Array): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (const [row, label] of labels.entries()) {
    const own = rows.get(label);
    if (own) own.push(row);
    else rows.set(label, [row]);
  }
  return rows;
}
