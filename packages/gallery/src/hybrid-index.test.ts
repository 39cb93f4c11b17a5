import type { Embedding, Neighbour } from '@kith/core';
import { expect, test } from 'vitest';
import { syntheticEmbedding } from '../../../test/support/gallery-faces.ts';
import { ExactIndex, type VectorSnapshot } from './exact-index.ts';
import { type ApproximateIndex, HybridIndex } from './hybrid-index.ts';

const vectors = 300;

/** An exact index in an approximate one's clothes; it takes a while to close, as a thread does. */
class SlowIndex implements ApproximateIndex {
  readonly opened = Promise.resolve({ built: false, reason: '' });
  readonly unsaved = 0;
  hidden = 0;
  isClosed = false;
  private readonly exact = new ExactIndex(128);

  constructor({ numbers, vectors }: VectorSnapshot) {
    numbers.forEach((id, row) => {
      this.exact.put(id, vectors.slice(row * 128, (row + 1) * 128) as Float32Array as Embedding);
    });
  }

  get size(): number {
    return this.exact.size;
  }

  async add(id: number, embedding: Embedding): Promise<void> {
    this.exact.put(id, embedding);
  }

  async remove(id: number): Promise<void> {
    if (this.exact.drop(id)) this.hidden++;
  }

  async search(probe: Embedding, count: number): Promise<readonly Neighbour[]> {
    return this.exact.nearest(probe, count);
  }

  async close(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 5));
    this.isClosed = true;
  }

  async save(): Promise<void> {}
  async forget(): Promise<void> {}
}

/** A hybrid index that answers approximately, and every approximate index it started. */
async function openHybrid(): Promise<{ readonly index: HybridIndex; readonly started: SlowIndex[] }> {
  const started: SlowIndex[] = [];
  const index = new HybridIndex(128, {
    mode: 'hnsw',
    crossover: 0,
    start: (snapshot) => {
      const approximate = new SlowIndex(snapshot);
      started.push(approximate);
      return approximate;
    },
    onBuilt: () => undefined,
    onNotice: () => undefined,
  });
  for (let n = 0; n < vectors; n++) await index.add(n, syntheticEmbedding(n));
  index.startIfWorthIt();
  await index.settled();
  return { index, started };
}

test('an index full of hidden vectors is built anew once, though searches go on meanwhile', async () => {
  const { index, started } = await openHybrid();
  const removals = Array.from({ length: 120 }, (_, n) => index.remove(n));
  while (started.at(-1)!.hidden > 0) await index.search(syntheticEmbedding(200), 1);
  await Promise.all(removals);
  expect(started.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  expect(await index.search(syntheticEmbedding(200), 1)).toEqual([{ id: 200, distance: 0 }]);
  await index.close();
  expect(started.every(({ isClosed }) => isClosed)).toBe(true);
});

test('closed while it is being built anew, it starts nothing more', async () => {
  const { index, started } = await openHybrid();
  const removals = Array.from({ length: 120 }, (_, n) => index.remove(n));
  while (index.answering === 'hnsw') await Promise.resolve();
  await index.close();
  await Promise.all(removals);
  expect(started).toHaveLength(1);
});
