// kith against others, on the same photos, with the same threads, in one run. See README.md for what each figure is.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchEndToEnd, formatEndToEnd } from './end-to-end.mjs';
import {
  benchColdStart,
  benchLongRun,
  benchMemory,
  formatColdStart,
  formatLongRun,
  formatMemory,
} from './footprint.mjs';
import { benchGalleryIndex, formatGalleryIndex } from './gallery-index.mjs';
import { benchInstallSize, formatInstallSize } from './install-size.mjs';
import { benchLongPool, formatLongPool } from './long-pool.mjs';
import { composeLargePhotos, packagePhotos, pickImages, syntheticPhotos } from './photos.mjs';
import { tell } from './table.mjs';

const { values: options } = parseArgs({
  options: {
    images: { type: 'string' },
    only: { type: 'string' },
    peers: { type: 'string' },
    threads: { type: 'string', default: '1,2' },
    stream: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '120' },
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
  },
});
const { quick } = options;
const list = (text) => text?.split(',').map((word) => word.trim());

// settings
const threads = list(options.threads)
  .map(Number)
  .filter((count) => count <= availableParallelism());
const stream = quick ? 48 : Number(options.stream);
const seconds = quick ? 20 : Number(options.seconds);
const lfwImages = quick ? 16 : 200;
const largeImages = quick ? 2 : 8;
const images = options.images ?? fileURLToPath(new URL('../../../shared/datasets/lfw', import.meta.url));

const scratch = mkdtempSync(join(tmpdir(), 'kith-bench-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** Each section: a heading, what it measures, and how that is printed. */
const sections = {
  'end-to-end': {
    title: 'From bytes to embeddings',
    run: async () => benchEndToEnd(await photoSets(), { threads, stream, seconds, wanted: list(options.peers) }),
    format: formatEndToEnd,
  },
  limit: {
    title: 'How far from the limit',
    run: async () => {
      const { benchLimit } = await import('./limit.mjs');
      const rows = [];
      for (const count of threads) {
        rows.push(...(await benchLimit({ threads: count, batches: [1, 8], rounds: quick ? 3 : 20 })));
      }
      return rows;
    },
    format: async (rows) => (await import('./limit.mjs')).formatLimit(rows),
  },
  int8: {
    title: '8-bit integers against 32-bit floats',
    run: async () => {
      const { benchInt8 } = await import('./int8.mjs');
      return benchInt8({ threads: threads[0], rounds: quick ? 3 : 20, images, ...(quick ? { limit: 100 } : {}) });
    },
    format: async (rows) => (await import('./int8.mjs')).formatInt8(rows),
  },
  alignment: {
    title: 'Turning a face to the front',
    run: async () => (await import('./alignment.mjs')).benchAlignment({ images, rounds: quick ? 2 : 20 }),
    format: async (rows) => (await import('./alignment.mjs')).formatAlignment(rows),
  },
  deepface: {
    title: "DeepFace's net",
    run: async () => {
      const { benchDeepface } = await import('./deepface.mjs');
      const rows = [];
      for (const count of threads) rows.push(...(await benchDeepface({ threads: count, rounds: quick ? 3 : 20 })));
      return rows;
    },
    format: async (rows) => (await import('./deepface.mjs')).formatDeepface(rows),
  },
  training: {
    title: 'One training step',
    run: async () => {
      const { benchTraining } = await import('./training.mjs');
      const work = quick
        ? { threads: threads.slice(0, 1), rounds: 2, loaded: 3, smaller: 4 }
        : { threads, rounds: 5, loaded: 20 };
      return benchTraining(scratch, work);
    },
    format: async (rows) => (await import('./training.mjs')).formatTraining(rows),
  },
  'cold-start': {
    title: 'From process start to the first embedding',
    run: () => benchColdStart(packagePhotos()[0], { times: quick ? 1 : 5, threads: threads[0] }),
    format: formatColdStart,
  },
  memory: {
    title: 'Memory',
    run: () => benchMemory(smallPhotos(), { count: stream, threads: threads[0] }),
    format: formatMemory,
  },
  'install-size': {
    title: 'Size on disk',
    run: () => benchInstallSize(packagePhotos()[0]),
    format: formatInstallSize,
  },
  long: {
    title: 'Memory over 50,000 photos',
    run: longRun,
    format: formatLongRun,
  },
  'long-pool': {
    title: 'Memory of the pool over 50,000 runs',
    run: () => benchLongPool({ count: quick ? 5000 : 50_000, workers: 2 }),
    format: formatLongPool,
  },
  index: {
    title: 'Index',
    run: () => benchGalleryIndex(quick ? { sizes: [1_000, 10_000] } : {}),
    format: formatGalleryIndex,
  },
};

const known = Object.keys(sections);
const chosen = list(options.only) ?? known.filter((name) => name !== 'long' || options.long);
const unknown = chosen.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`No section ${unknown.join(', ')}; there are ${known.join(', ')}.\n`);
  process.exit(2);
}

const results = { node: process.version, cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown CPU', quick };
process.stdout.write(`Node ${results.node}, ${results.cores} cores, ${results.cpu}${quick ? ', quick' : ''}\n`);
for (const name of chosen) {
  const { title, run, format } = sections[name];
  process.stdout.write(`\n# ${title}\n\n`);
  try {
    results[name] = await run();
    process.stdout.write(results[name].length > 0 ? `${await format(results[name])}\n` : 'left out\n');
  } catch (error) {
    // the other sections can still be measured
    process.stdout.write(`not measured: ${error.message}\n`);
    process.exitCode = 1;
  }
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
}

async function photoSets() {
  const large = await composeLargePhotos(scratch, { count: largeImages });
  tell(`${large.placed} faces were placed in ${large.files.length} photos of 12 megapixels`);
  const ofLarge = {
    name: `12-megapixel photos (${(large.placed / large.files.length).toFixed(2)} faces each)`,
    files: large.files,
    chunk: quick ? 1 : 2,
    streamChunk: largeImages,
    concurrency: 2,
  };
  if (!existsSync(images)) {
    tell(`there are no images at ${images}: LFW is left out; --images names its folder`);
    return [ofLarge];
  }
  const files = pickImages(images, { count: lfwImages });
  return [{ name: 'LFW', files, chunk: quick ? 8 : 25, streamChunk: quick ? 16 : 100, concurrency: 8 }, ofLarge];
}

/** LFW's images, or else those of the npm packages that are about as small. */
function smallPhotos() {
  if (existsSync(images)) return pickImages(images, { count: lfwImages });
  return packagePhotos().filter((file) => !file.includes('face-api'));
}

async function longRun() {
  const files = [...smallPhotos(), ...packagePhotos(), ...(await syntheticPhotos(scratch, { count: quick ? 8 : 200 }))];
  return benchLongRun(files, { count: quick ? 200 : 50_000, step: quick ? 50 : 5000, threads: threads[0] });
}
