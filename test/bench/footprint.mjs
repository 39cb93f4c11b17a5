import { peers, startPeer } from './peer.mjs';
import { formatTable, mebibytes, median, tell } from './table.mjs';

const [kith, faceApiNode] = peers;

/**
 * Time a fresh process from its start to its first embedding, the files already in the system's cache.
 *
 * @param {string} photo
 * @param {{ times: number, threads: number }} options
 */
export async function benchColdStart(photo, { times, threads }) {
  const measured = new Map([kith, faceApiNode].map(({ name }) => [name, []]));
  // the first start of each reads its files from the disk, and is not counted
  for (let i = 0; i <= times; i++) {
    for (const peer of [kith, faceApiNode]) {
      const began = performance.now();
      const running = startPeer(peer, { threads });
      await running.ready;
      const openedMs = performance.now() - began;
      await running.load([photo]);
      await running.run({ count: 1 });
      if (i > 0) measured.get(peer.name).push({ openedMs, firstMs: performance.now() - began });
      await running.stop();
    }
  }
  return [...measured].map(([peer, starts]) => ({
    peer,
    openedMs: median(starts.map(({ openedMs }) => openedMs)),
    firstEmbeddingMs: median(starts.map(({ firstMs }) => firstMs)),
    times: starts.length,
  }));
}

export function formatColdStart(rows) {
  return formatTable(
    ['', 'ms until open', 'until the first embedding', 'starts'],
    rows.map((row) => [row.peer, row.openedMs.toFixed(0), row.firstEmbeddingMs.toFixed(0), row.times]),
  );
}

/**
 * Peak resident memory of a process that does nothing but a stream of photos.
 *
 * @param {readonly string[]} files
 * @param {{ count: number, threads: number, concurrency?: number }} options
 */
export async function benchMemory(files, { count, threads, concurrency = 8 }) {
  const rows = [];
  for (const peer of [kith, faceApiNode]) {
    tell(`memory of ${peer.name} over ${count} photos`);
    const running = startPeer(peer, { threads });
    await running.ready;
    await running.load(files);
    const tenth = Math.ceil(count / 10);
    const first = await running.run({ count: tenth, concurrency });
    const rest = await running.run({ from: tenth, count: count - tenth, concurrency });
    rows.push({ peer: peer.name, images: count, afterTenth: first.rss, atEnd: rest.rss, peak: rest.peakRss });
    await running.stop();
  }
  return rows;
}

export function formatMemory(rows) {
  return formatTable(
    ['resident', 'after a tenth', 'at the end', 'peak', 'photos'],
    rows.map((row) => [row.peer, mebibytes(row.afterTenth), mebibytes(row.atEnd), mebibytes(row.peak), row.images]),
  );
}

/**
 * Follow kith's resident memory over very many photos: flat, or growing?
 *
 * @param {readonly string[]} files
 * @param {{ count: number, step?: number, threads: number, concurrency?: number }} options
 */
export async function benchLongRun(files, { count, step = 5000, threads, concurrency = 8 }) {
  const running = startPeer(kith, { threads });
  await running.ready;
  await running.load(files);
  const rows = [];
  for (let from = 0; from < count; from += step) {
    const { rss, peakRss, totalMs } = await running.run({ from, count: Math.min(step, count - from), concurrency });
    rows.push({ images: Math.min(count, from + step), rss, peak: peakRss, seconds: totalMs / 1000 });
    tell(`${rows.at(-1).images} photos, ${mebibytes(rss)}`);
  }
  await running.stop();
  return rows;
}

export function formatLongRun(rows) {
  return formatTable(
    ['photos', 'resident', 'peak', 'seconds'],
    rows.map((row) => [row.images, mebibytes(row.rss), mebibytes(row.peak), row.seconds.toFixed(0)]),
  );
}
