import { describePinning, peers, startPeer } from './peer.mjs';
import { formatTable, median, tell } from './table.mjs';

/**
 * Time all peers from a photo's bytes to its faces' embeddings. They run in turn, some photos each, so that what else happens on the
 * machine hits all alike; the photos are in memory before the clock starts.
 *
 * @param sets Kinds of photos: `{ name, files, placed?, chunk, streamChunk, concurrency }`, the chunks being photos a turn.
 * @param {{ threads: number[], stream: number, seconds: number, wanted?: string[] }} options `stream` photos in a stream; a peer takes
 *   no further turn once it has spent `seconds`, and is then rated by what it did.
 * @returns One row a peer, kind of photos, thread count and way of asking.
 */
export async function benchEndToEnd(sets, { threads, stream, seconds, wanted }) {
  const rows = [];
  const chosen = peers.filter(({ name }) => wanted === undefined || wanted.includes(name));
  for (const count of threads) {
    const running = [];
    try {
      for (const peer of chosen) running.push(...(await startOrTell(peer, count)));
      // the last kind has the largest photos, which ask every network: none loads while the clock runs
      for (const peer of running) await warmUp(peer, sets.at(-1));
      for (const set of sets) {
        tell(`${set.name}, ${count} thread${count === 1 ? '' : 's'}, ${describePinning(count)}`);
        for (const peer of running) await warmUp(peer, set);
        const one = { name: 'one at a time', total: set.files.length, chunk: set.chunk, concurrency: 1 };
        const many = { name: 'stream', total: stream, chunk: set.streamChunk, concurrency: set.concurrency };
        for (const mode of [one, many]) rows.push(...(await compare(running, { set, mode, seconds, threads: count })));
      }
    } finally {
      await Promise.all(running.map((peer) => peer.stop()));
    }
  }
  return rows;
}

/** The running peer alone in an array, or none where it cannot start: the others are compared all the same. */
async function startOrTell(peer, threads) {
  const running = startPeer(peer, { threads });
  if (running === undefined) return [];
  try {
    await running.ready;
    return [running];
  } catch (error) {
    tell(`${peer.name} is left out: ${error.message}`);
    return [];
  }
}

async function warmUp(peer, { files }) {
  await peer.load(files);
  await peer.run({ count: Math.min(8, Math.ceil(files.length / 4)) });
}

async function compare(running, { set, mode, seconds, threads }) {
  const tallies = running.map(({ name }) => ({ name, ms: [], totalMs: 0, images: 0, faces: 0, withFace: 0 }));
  for (let from = 0; from < mode.total; from += mode.chunk) {
    const count = Math.min(mode.chunk, mode.total - from);
    for (const [i, peer] of running.entries()) {
      const tally = tallies[i];
      if (tally.totalMs > seconds * 1000) continue;
      const { totalMs, ms, faces, withFace } = await peer.run({ from, count, concurrency: mode.concurrency });
      tally.totalMs += totalMs;
      for (const value of ms) tally.ms.push(value);
      tally.images += count;
      tally.faces += faces;
      tally.withFace += withFace;
    }
  }
  const perImage = ({ totalMs, images }) => totalMs / images;
  const own = tallies.find(({ name }) => name === 'kith');
  return tallies.map((tally) => ({
    photos: set.name,
    threads,
    mode: mode.name,
    peer: tally.name,
    images: tally.images,
    msPerImage: perImage(tally),
    medianMs: median(tally.ms),
    imagesPerSecond: 1000 / perImage(tally),
    facesPerImage: tally.faces / tally.images,
    withFace: tally.withFace / tally.images,
    ratio: own === undefined ? undefined : perImage(tally) / perImage(own),
  }));
}

/** The rows of {@link benchEndToEnd} as tables to print. `times kith` is a peer's time over kith's. */
export function formatEndToEnd(rows) {
  const groups = groupBy(rows, headOf);
  return [...groups]
    .map(([head, group]) => {
      const heads = [
        '',
        'ms an image',
        'median wait',
        'images/s',
        'times kith',
        'faces an image',
        'with a face',
        'images',
      ];
      return `${head}\n${formatTable(
        heads,
        group.map((row) => [
          row.peer,
          row.msPerImage.toFixed(1),
          row.medianMs.toFixed(1),
          row.imagesPerSecond.toFixed(1),
          row.ratio?.toFixed(2),
          row.facesPerImage.toFixed(2),
          `${(100 * row.withFace).toFixed(0)} %`,
          row.images,
        ]),
      )}`;
    })
    .join('\n\n');
}

const headOf = ({ photos, threads, mode }) => `${photos}, ${mode}, ${threads} thread${threads === 1 ? '' : 's'}`;

/** Node 20 has no Map.groupBy. */
function groupBy(rows, keyOf) {
  const groups = new Map();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}
