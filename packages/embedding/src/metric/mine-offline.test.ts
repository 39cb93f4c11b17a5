import { type Embedding, l2Normalize, type Neighbour, squaredL2, type VectorIndex } from '@kith/core';
import { expect, test } from 'vitest';
import { randomRows } from '../../../../test/support/metric-batches.ts';
import { mineOffline, semiHardNegative, takeAll } from './index.ts';

/** Exact search, the slow way. */
function sortingIndex(): VectorIndex {
  const rows = new Map<number, Embedding>();
  return {
    get size() {
      return rows.size;
    },
    add: async (id, embedding) => void rows.set(id, embedding),
    remove: async (id) => void rows.delete(id),
    search: async (probe, count): Promise<readonly Neighbour[]> =>
      [...rows]
        .map(([id, embedding]) => ({ id, distance: squaredL2(probe, embedding) }))
        .sort((one, other) => one.distance - other.distance || one.id - other.id)
        .slice(0, count),
    close: async () => rows.clear(),
  };
}

const { values, count, dimension } = randomRows(40, 3);
const embeddings = Array.from({ length: count }, (_, i) =>
  l2Normalize(values.subarray(i * dimension, (i + 1) * dimension)),
);
const labels = Int32Array.from({ length: count }, (_, i) => (i === 7 ? 99 : i % 6));
const between = (one: number, other: number) => squaredL2(embeddings[one]!, embeddings[other]!);

/** The definition: an anchor's so many nearest of other people, those that fit. */
function expected(neighbours: number, fits: (near: number, far: number) => boolean) {
  const found: string[] = [];
  for (let a = 0; a < count; a++) {
    const others = [...labels.keys()].filter((n) => labels[n] !== labels[a]);
    const nearest = others.sort((one, other) => between(a, one) - between(a, other)).slice(0, neighbours);
    for (let p = 0; p < count; p++) {
      if (p === a || labels[p] !== labels[a]) continue;
      for (const n of nearest) if (fits(between(a, p), between(a, n))) found.push(`${a},${p},${n}`);
    }
  }
  return found;
}

const asStrings = ({ anchor, positive, negative }: Awaited<ReturnType<typeof mineOffline>>) =>
  Array.from(anchor, (a, t) => `${a},${positive[t]},${negative[t]}`);

test('finds the hard negatives among the neighbours, the anchor’s own photos not counted', async () => {
  const mined = await mineOffline(embeddings, labels, { index: sortingIndex(), neighbours: 5, take: takeAll });
  expect(asStrings(mined)).toEqual(expected(5, (near, far) => far <= near));
  expect(mined.anchor).not.toContain(7);
});

test('takes the nearest by default, and other rules on request', async () => {
  const nearest = await mineOffline(embeddings, labels, { index: sortingIndex() });
  expect(asStrings(nearest)).toEqual(expected(1, (near, far) => far <= near));
  const options = { index: sortingIndex(), rule: semiHardNegative, take: takeAll, marginSquaredL2: 0.3 };
  const within = expected(50, (near, far) => near < far && far < near + 0.3);
  expect(asStrings(await mineOffline(embeddings, labels, options))).toEqual(within);
});

test('keeps to other people after a collapse, and wants an empty index', async () => {
  const same = embeddings.map(() => embeddings[0]!);
  const index = sortingIndex();
  const mined = await mineOffline(same, labels, { index, neighbours: 3, take: takeAll });
  expect(mined.anchor.length).toBeGreaterThan(0);
  for (const [t, a] of mined.anchor.entries()) expect(labels[mined.negative[t]!]).not.toBe(labels[a]);
  await expect(mineOffline(same, labels, { index })).rejects.toThrow(/empty index, got one of 40/);
});
