import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom, type Embedding, randomInteger } from '@kith/core';
import { expect, test } from 'vitest';
import {
  embeddingNear,
  syntheticEmbedding,
  syntheticFace,
  testSpace,
  withFolder,
} from '../../../../test/support/gallery-faces.ts';
import { ExactIndex, type GalleryNotice, HnswlibIndex, openGalleryStore, type VectorSnapshot } from '../index.ts';
import { HnswlibGraph } from './hnswlib-graph.ts';
import { indexFolder, writeIndexCache } from './index-cache.ts';

const dimension = testSpace.dimension;

/** Five faces of an identity near each other, as enrolled people are; or none near another. */
const data = {
  clustered: (n: number) => embeddingNear(syntheticEmbedding(Math.floor(n / 5)), n),
  scattered: (n: number) => syntheticEmbedding(n),
} as const;

function recallAt(depth: number, exact: ExactIndex, graph: HnswlibGraph, probes: readonly Embedding[]): number {
  let held = 0;
  for (const probe of probes) {
    const found = new Set(graph.search(probe, depth).labels);
    held += exact.nearest(probe, depth).filter(({ id }) => found.has(id)).length;
  }
  return held / (depth * probes.length);
}

test.each(['clustered', 'scattered'] as const)(
  'on %s faces the graph finds nearly all that exact search finds',
  (kind) => {
    const exact = new ExactIndex(dimension);
    const graph = new HnswlibGraph(dimension);
    for (let n = 0; n < 1000; n++) {
      exact.put(n, data[kind](n));
      graph.add(n, data[kind](n));
    }
    const probes = Array.from({ length: 100 }, (_, i) => embeddingNear(data[kind](i * 9), i + 7));
    expect(recallAt(1, exact, graph, probes)).toBeGreaterThanOrEqual(0.99);
    expect(recallAt(10, exact, graph, probes)).toBeGreaterThanOrEqual(0.9);
    // a third removed and some new ones: the holes must not cost answers
    const random = createRandom(3);
    for (let i = 0; i < 300; i++) {
      const n = randomInteger(random, 1000);
      if (exact.drop(n)) graph.remove(n);
    }
    for (let n = 1000; n < 1200; n++) {
      exact.put(n, data[kind](n));
      graph.add(n, data[kind](n));
    }
    expect(recallAt(1, exact, graph, probes)).toBeGreaterThanOrEqual(0.99);
    expect(recallAt(10, exact, graph, probes)).toBeGreaterThanOrEqual(0.9);
  },
);

test('the thread answers as exact search does, through adds and removals, and a closed one refuses', async () => {
  const exact = new ExactIndex(dimension);
  for (let n = 0; n < 200; n++) exact.put(n, data.clustered(n));
  const index = new HnswlibIndex(dimension, { snapshot: exact.snapshot() });
  expect(await index.opened).toEqual({ built: true, reason: 'it is kept in memory' });
  for (let n = 200; n < 260; n++) {
    exact.put(n, data.clustered(n));
    await index.add(n, data.clustered(n));
    exact.drop(n - 200);
    await index.remove(n - 200);
  }
  expect(index.size).toBe(exact.size);
  expect(index.hidden).toBe(60);
  for (let n = 0; n < 50; n++) {
    const found = await index.search(data.clustered(n * 5), 5);
    expect(found.map(({ id }) => id)).toEqual(exact.nearest(data.clustered(n * 5), 5).map(({ id }) => id));
  }
  expect(await index.search(data.clustered(1), 1000)).toHaveLength(exact.size);
  await index.close();
  await expect(index.search(data.clustered(1), 1)).rejects.toThrow('closed');
});

const faces = 60;

/** A gallery of {@link faces} with a good index on disk. */
async function makeIndexed(dir: string): Promise<void> {
  const gallery = await openGalleryStore(dir, { space: testSpace, index: 'hnsw' });
  for (let n = 0; n < faces; n++) await gallery.enroll(`subject ${n}`, syntheticFace(n));
  await gallery.close();
}

/** Open, and check every answer. */
async function openAndAsk(dir: string, known = faces): Promise<{ notices: GalleryNotice[]; index: string }> {
  const notices: GalleryNotice[] = [];
  const gallery = await openGalleryStore(dir, {
    space: testSpace,
    index: 'hnsw',
    onNotice: (notice) => notices.push(notice),
  });
  for (let n = faces - known; n < faces; n++) {
    const { candidates } = await gallery.identify(syntheticEmbedding(n), { top: 2 });
    expect(candidates[0]).toMatchObject({ subject: `subject ${n}`, distance: 0 });
  }
  const { index } = gallery;
  await gallery.close();
  return { notices, index };
}

const cacheOf = (dir: string) => join(dir, indexFolder);
const graphFile = (dir: string) =>
  join(cacheOf(dir), readdirSync(cacheOf(dir)).find((name) => name.endsWith('.hnsw'))!);
const manifestFile = (dir: string) => join(cacheOf(dir), 'manifest.json');
const rewriteManifest = (dir: string, change: object) =>
  writeFileSync(
    manifestFile(dir),
    JSON.stringify({ ...JSON.parse(readFileSync(manifestFile(dir), 'utf8')), ...change }),
  );

/** A cache that is sound in itself, but of other vectors. */
function plantCache(dir: string, { of = dimension, count = faces, first = 0 }): void {
  const graph = new HnswlibGraph(of);
  for (let n = 0; n < count; n++) graph.add(n + 1, syntheticEmbedding(first + n, { dimension: of }));
  graph.save(dir);
}

const damages: Record<string, readonly [damage: (dir: string) => void, reason: string]> = {
  'a missing folder': [(dir) => rmSync(cacheOf(dir), { recursive: true }), 'no cached index'],
  'a missing graph': [(dir) => rmSync(graphFile(dir)), 'file of the cached index is missing'],
  'a missing manifest': [(dir) => rmSync(manifestFile(dir)), 'no cached index'],
  'a garbled manifest': [
    (dir) => writeFileSync(manifestFile(dir), '{"vers'),
    'manifest of the cached index is damaged',
  ],
  'an empty manifest': [(dir) => writeFileSync(manifestFile(dir), ''), 'manifest of the cached index is damaged'],
  'a manifest that leads elsewhere': [
    (dir) => rewriteManifest(dir, { file: '../gallery.db' }),
    'manifest of the cached index is damaged',
  ],
  'another dimension in the manifest': [(dir) => rewriteManifest(dir, { dimension: 64 }), '64-d'],
  'another count in the manifest': [(dir) => rewriteManifest(dir, { count: 7 }), 'its manifest says 7'],
  'a truncated graph': [(dir) => truncateSync(graphFile(dir), statSync(graphFile(dir)).size >> 1), 'checksum'],
  'an empty graph': [(dir) => truncateSync(graphFile(dir), 0), 'checksum'],
  'a flipped bit': [
    (dir) => {
      const bytes = readFileSync(graphFile(dir));
      bytes[bytes.length >> 1]! ^= 4;
      writeFileSync(graphFile(dir), bytes);
    },
    'checksum',
  ],
  'the graph of another dimension': [(dir) => plantCache(dir, { of: 64 }), '64-d'],
  'the graph of other faces': [(dir) => plantCache(dir, { first: 500 }), 'holds faces that the gallery does not'],
  'the graph of more faces': [(dir) => plantCache(dir, { count: faces + 1 }), 'holds faces that the gallery does not'],
};

/** The snapshot of what {@link makeIndexed} enrolls. */
function snapshotOfAll(): VectorSnapshot {
  const exact = new ExactIndex(dimension);
  for (let n = 0; n < faces; n++) exact.put(n + 1, syntheticEmbedding(n));
  return exact.snapshot();
}

test.each(Object.entries(damages))('a cache with %s is not believed', async (_, [damage, reason]) => {
  await withFolder(async (dir) => {
    plantCache(dir, {});
    new HnswlibGraph(dimension).load(dir, snapshotOfAll());
    damage(dir);
    expect(() => new HnswlibGraph(dimension).load(dir, snapshotOfAll())).toThrow(reason);
  });
});

test.each(['a flipped bit', 'a garbled manifest', 'the graph of other faces'])(
  'with %s the gallery builds its index anew and answers as before',
  async (kind) => {
    await withFolder(async (dir) => {
      await makeIndexed(dir);
      const [damage, reason] = damages[kind]!;
      damage(dir);
      const { notices, index } = await openAndAsk(dir);
      expect(index).toBe('hnsw');
      expect(notices).toEqual([{ code: 'INDEX_REBUILT', message: expect.stringContaining(reason) }]);
      // what was built is on disk, and good
      new HnswlibGraph(dimension).load(dir, snapshotOfAll());
    });
  },
);

test('an index that lacks faces is completed, one of removed faces is gone with them', async () => {
  await withFolder(async (dir) => {
    await makeIndexed(dir);
    plantCache(dir, { count: faces - 20 });
    expect(await openAndAsk(dir)).toEqual({ notices: [], index: 'hnsw' });
    const gallery = await openGalleryStore(dir, { space: testSpace, index: 'exact' });
    await gallery.remove('subject 0');
    expect(readdirSync(dir)).not.toContain(indexFolder);
    await gallery.close();
    const { notices } = await openAndAsk(dir, faces - 1);
    expect(notices.map(({ code }) => code)).toEqual(['INDEX_REBUILT']);
    expect((await openAndAsk(dir, faces - 1)).notices).toEqual([]);
  });
});

test('many removals make the index start over, and answers stay right meanwhile', async () => {
  await withFolder(async (dir) => {
    const notices: GalleryNotice[] = [];
    const gallery = await openGalleryStore(dir, {
      space: testSpace,
      index: 'hnsw',
      onNotice: (notice) => notices.push(notice),
    });
    for (let n = 0; n < 220; n++) await gallery.enroll(`subject ${n}`, syntheticFace(n));
    for (let n = 0; n < 140; n++) {
      await gallery.remove(`subject ${n}`);
      const { candidates } = await gallery.identify(syntheticEmbedding(n + 1), { top: 1 });
      expect(candidates[0]).toMatchObject({ subject: `subject ${n + 1}`, distance: 0 });
    }
    await expect.poll(() => notices.length, { timeout: 20_000 }).toBe(2);
    expect(gallery.index).toBe('hnsw');
    await gallery.close();
  });
});

test('a cache that does not read back is not kept', async () => {
  await withFolder(async (dir) => {
    plantCache(dir, {});
    const before = readdirSync(cacheOf(dir));
    const write = (path: string) => writeFileSync(path, 'half a fi');
    const check = () => {
      throw new Error('does not read back');
    };
    expect(() => writeIndexCache(dir, { dimension, count: 1, hidden: [], write, check })).toThrow('does not read back');
    expect(readdirSync(cacheOf(dir))).toEqual(before);
  });
});

test('auto answers exactly while small, and by the graph once large, without waiting for it', async () => {
  await withFolder(async (dir) => {
    const gallery = await openGalleryStore(dir, { space: testSpace, crossover: 20 });
    for (let n = 0; n < 19; n++) await gallery.enroll(`subject ${n}`, syntheticFace(n));
    await gallery.identify(syntheticEmbedding(0));
    expect(gallery.index).toBe('exact');
    await gallery.enroll('subject 19', syntheticFace(19));
    await expect
      .poll(
        async () => {
          const { candidates } = await gallery.identify(syntheticEmbedding(19));
          expect(candidates[0]).toMatchObject({ subject: 'subject 19', distance: 0 });
          return gallery.index;
        },
        { timeout: 20_000 },
      )
      .toBe('hnsw');
    await gallery.close();
    expect(readdirSync(dir)).toContain(indexFolder);
  });
});
