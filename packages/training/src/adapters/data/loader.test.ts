import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, type ErrorCode, type Image } from '@kith/core';
import { afterAll, expect, test } from 'vitest';
import { augment } from '../../augmentation/augment.ts';
import { augmentations } from '../../augmentation/augmentation.ts';
import { pkSampler } from '../../samplers/pk-sampler.ts';
import { shuffledSampler } from '../../samplers/shuffled-sampler.ts';
import { createPack } from './create-pack.ts';
import { type LoaderOptions, openLoader } from './loader.ts';
import { LoaderThread } from './loader-thread.ts';
import { openPack, readFaces } from './open-pack.ts';

const sidePx = 20;
const sizePx = 16;
const shownShare = 0.9;
const dir = mkdtempSync(join(tmpdir(), 'kith-loader-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const refusal = (code: ErrorCode) => expect.objectContaining({ name: 'FaceError', code });

function face(row: number): Image {
  const random = createRandom(row);
  return {
    width: sidePx,
    height: sidePx,
    data: Uint8Array.from({ length: sidePx * sidePx * 3 }, () => random() * 256),
  };
}

/** Twelve people with three photos each. */
async function pack(name: string): Promise<string> {
  const path = join(dir, name);
  const writer = createPack(path, { sidePx });
  for (let row = 0; row < 36; row++) {
    writer.append(face(row), { person: `person ${String(Math.floor(row / 3)).padStart(2, '0')}`, file: `${row}.png` });
  }
  await writer.finish();
  return path;
}

test('batches are the augmented faces, for any number of threads', async () => {
  const path = await pack('threads');
  const opened = await openPack(path, { checkHash: true });
  const sampler = pkSampler({ labels: opened.labels, people: 4, photosPerPerson: 3, seed: 5 });
  const augmentation = augmentations.strong;
  const targets = Float32Array.from({ length: opened.count * 2 }, (_, i) => i / 7);
  for (const [threads, ahead] of [
    [1, 1],
    [3, 2],
    [5, 4],
  ] as const) {
    const loader = await openLoader({
      pack: path,
      sampler,
      augmentation,
      sizePx,
      shownShare,
      seed: 9,
      threads,
      ahead,
      targets,
    });
    try {
      for (const iteration of [0, 1, 2, 3, 4, 9, 2, 2]) {
        const batch = await loader.next(iteration);
        expect(batch.rows).toEqual(sampler.batch(iteration));
        expect(batch.labels).toEqual(batch.rows.map((row) => Math.floor(row / 3)));
        const faces = readFaces(opened, batch.rows).map((image, i) => {
          return augment(image, { augmentation, random: createRandom(batch.seeds[i]!), sizePx, shownShare }).data;
        });
        expect(new Float32Array(batch.pixels)).toEqual(Float32Array.from(faces.flatMap((data) => [...data])));
        expect([...batch.targets]).toEqual(
          [...batch.rows].flatMap((row) => [...targets.subarray(row * 2, row * 2 + 2)]),
        );
      }
      expect(loader.waitedMs).toBeGreaterThan(0);
    } finally {
      await loader.close();
    }
  }
});

test('a face that cannot be read is an error with a code, not a wait', async () => {
  const path = await pack('short');
  const opened = await openPack(path);
  truncateSync(opened.pixelsFile, sidePx * sidePx * 3 * 30);
  const sampler = shuffledSampler({ count: 36, batchSize: 36, seed: 1 });
  const loader = await openLoader({ pack: opened, sampler, augmentation: {}, sizePx, seed: 1, threads: 2 });
  await expect(loader.next(0)).rejects.toEqual(refusal('DATASET_INCOMPLETE'));
  await loader.close();
  await expect(loader.next(1)).rejects.toEqual(refusal('CANCELLED'));
  await expect(openPack(path)).rejects.toEqual(refusal('DATASET_INCOMPLETE'));
});

test('a file that is gone, and a thread that ends, are errors with a code', async () => {
  const path = await pack('gone');
  const opened = await openPack(path);
  const sampler = shuffledSampler({ count: 36, batchSize: 4, seed: 1 });
  const gone = { ...opened, pixelsFile: join(dir, 'none.u8') };
  const loader = await openLoader({ pack: gone, sampler, augmentation: {}, sizePx, seed: 1, threads: 2 });
  await expect(loader.next(0)).rejects.toEqual(refusal('DATASET_INCOMPLETE'));
  await expect(loader.next(1)).rejects.toEqual(refusal('DATASET_INCOMPLETE'));
  await loader.close();
  // no memory has room for such a face: the thread ends as it starts
  const setup = { pixelsFile: opened.pixelsFile, sidePx: 1e9, sizePx, shownShare: 1, augmentation: {}, slots: [] };
  const thread = new LoaderThread(setup);
  thread.hold();
  const part = { slot: 0, first: 0, rows: new Int32Array(1), seeds: new Uint32Array(1) };
  await expect(thread.load(part)).rejects.toEqual(refusal('RUNTIME_FAILED'));
  await expect(thread.load(part)).rejects.toEqual(refusal('RUNTIME_FAILED'));
  await thread.close();
});

test('a call beside another, a call after the end and one that the end cuts short are refused', async () => {
  const path = await pack('calls');
  const sampler = shuffledSampler({ count: 36, batchSize: 36, seed: 1 });
  const options = { pack: path, sampler, augmentation: augmentations.strong, sizePx: 200, seed: 1, threads: 1 };
  const loader = await openLoader(options);
  const first = loader.next(0);
  await expect(loader.next(1)).rejects.toEqual(refusal('USAGE'));
  const closed = loader.close();
  await expect(first).rejects.toEqual(refusal('CANCELLED'));
  await closed;
  await loader.close();
});

test('options that cannot be are refused with a code', async () => {
  const path = await pack('options');
  const sampler = shuffledSampler({ count: 36, batchSize: 4, seed: 1 });
  const options: LoaderOptions = { pack: path, sampler, augmentation: {}, sizePx, seed: 1, threads: 1 };
  for (const bad of [
    { threads: 0 },
    { ahead: 1.5 },
    { sizePx: 0 },
    { shownShare: 0 },
    { targets: new Float32Array(37) },
    { augmentation: { flip: 7 } },
  ]) {
    await expect(openLoader({ ...options, ...bad })).rejects.toEqual(refusal('USAGE'));
  }
  await expect(openLoader({ ...options, pack: join(dir, 'none') })).rejects.toEqual(refusal('FILE_NOT_FOUND'));
  const loader = await openLoader({ ...options, sampler: shuffledSampler({ count: 99, batchSize: 99, seed: 1 }) });
  await expect(loader.next(0)).rejects.toEqual(refusal('USAGE'));
  await loader.close();
});

test.each(['', 'await loader.close();'])('a process waits for its batch and then ends by itself (%s)', async (end) => {
  const path = await pack('process');
  const script = `
    import { openLoader } from ${JSON.stringify(new URL('./loader.ts', import.meta.url))};
    const sampler = { batchSize: 6, batchesPerEpoch: 6, batch: () => Int32Array.of(0, 1, 2, 3, 4, 5) };
    const options = { pack: ${JSON.stringify(path)}, sampler, augmentation: {}, sizePx: ${sizePx}, seed: 1, threads: 2 };
    const loader = await openLoader(options);
    console.log((await loader.next(0)).labels.join());
    ${end}`;
  const argv = ['--conditions=kith-source', '--import', 'tsx', '--input-type=module', '--eval', script];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(said).toBe('0,0,0,1,1,1\n');
});
