// Index insert and search against exact search, with recall, on embeddings that lie as faces do: five of an identity, near each other.
// Alone: `node test/bench/gallery-index.mjs [sizes…]`, after a build.
import { fileURLToPath } from 'node:url';
import { createRandom, gaussian, l2Normalize } from '@kith/core';
import { ExactIndex, HnswlibIndex } from '@kith/gallery';

const dimension = 128;
const facesOfIdentity = 5;
/** Standard deviation of a face around its identity, a component: squared L2 within an identity is near 0.35. */
const spread = 0.04;
const probes = 200;

/** Embeddings of `size / 5` identities, and probes that are further faces of some of them. */
function faces(size, random) {
  const point = (centre, deviation) =>
    l2Normalize(Float32Array.from({ length: dimension }, (_, i) => centre[i] + deviation * gaussian(random)));
  const origin = new Float32Array(dimension);
  const centres = Array.from({ length: Math.ceil(size / facesOfIdentity) }, () => point(origin, 1));
  return {
    enrolled: Array.from({ length: size }, (_, i) => point(centres[i % centres.length], spread)),
    asked: Array.from({ length: probes }, (_, i) => point(centres[(i * 7919) % centres.length], spread)),
  };
}

async function measure(work, count) {
  const start = performance.now();
  const results = [];
  for (let i = 0; i < count; i++) results.push(await work(i));
  return { results, ms: (performance.now() - start) / count };
}

/** Share of the exact answer's first `depth` that the other answer's first `depth` holds. */
function recall(exact, other, depth) {
  let held = 0;
  let all = 0;
  exact.forEach((answer, i) => {
    const found = new Set(other[i].slice(0, depth).map(({ id }) => id));
    for (const { id } of answer.slice(0, depth)) held += found.has(id) ? 1 : 0;
    all += Math.min(depth, answer.length);
  });
  return held / all;
}

async function benchSize(size, graph) {
  const { enrolled, asked } = faces(size, createRandom(size));
  const exact = new ExactIndex(dimension);
  const exactInsert = await measure((i) => exact.put(i, enrolled[i]), size);
  for (const probe of asked.slice(0, 20)) exact.nearest(probe, 10);
  const exactSearch = await measure((i) => exact.nearest(asked[i], 10), probes);
  const started = performance.now();
  const approximate = new HnswlibIndex(dimension, { snapshot: exact.snapshot(), ...graph });
  try {
    await approximate.opened;
    const insertMs = (performance.now() - started) / size;
    await measure((i) => approximate.search(asked[i], 10), 20);
    const search = await measure((i) => approximate.search(asked[i], 10), probes);
    return {
      faces: size,
      exactInsertMs: exactInsert.ms,
      hnswInsertMs: insertMs,
      exactSearchMs: exactSearch.ms,
      hnswSearchMs: search.ms,
      searchRatio: exactSearch.ms / search.ms,
      searchesToPayOff: (insertMs * size) / (exactSearch.ms - search.ms),
      recallAt1: recall(exactSearch.results, search.results, 1),
      recallAt10: recall(exactSearch.results, search.results, 10),
    };
  } finally {
    await approximate.close();
    await exact.close();
  }
}

/**
 * Measure exact and approximate search on galleries of several sizes.
 *
 * @returns One row a size; times in ms an operation, `searchRatio` = exact time / approximate time.
 */
export async function benchGalleryIndex({ sizes = [1_000, 10_000, 100_000], graph = {} } = {}) {
  const rows = [];
  for (const size of sizes) rows.push(await benchSize(size, graph));
  return rows;
}

/** The rows of {@link benchGalleryIndex} as a table to print. */
export function formatGalleryIndex(rows) {
  const table = [
    [
      'faces',
      'insert ms: exact',
      'hnsw',
      'search ms: exact',
      'hnsw',
      'exact/hnsw',
      'recall@1',
      '@10',
      'searches to pay off',
    ],
    ...rows.map((row) => [
      row.faces.toLocaleString('en'),
      row.exactInsertMs.toFixed(4),
      row.hnswInsertMs.toFixed(3),
      row.exactSearchMs.toFixed(3),
      row.hnswSearchMs.toFixed(3),
      row.searchRatio.toFixed(2),
      row.recallAt1.toFixed(3),
      row.recallAt10.toFixed(3),
      row.searchesToPayOff > 0 ? Math.round(row.searchesToPayOff).toLocaleString('en') : 'never',
    ]),
  ];
  const widths = table[0].map((_, column) => Math.max(...table.map((cells) => cells[column].length)));
  return table.map((cells) => cells.map((cell, column) => cell.padStart(widths[column])).join('  ')).join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sizes = process.argv.slice(2).map(Number);
  console.log(formatGalleryIndex(await benchGalleryIndex(sizes.length > 0 ? { sizes } : {})));
}
