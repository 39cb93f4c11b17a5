import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, FaceError, type Image } from '@kith/core';
import { afterAll, expect, test } from 'vitest';
import { augment } from '../../augmentation/augment.ts';
import { augmentations } from '../../augmentation/augmentation.ts';
import { pkSampler } from '../../samplers/pk-sampler.ts';
import { shuffledSampler } from '../../samplers/shuffled-sampler.ts';
import { createPack } from './create-pack.ts';
import { openLoader } from './loader.ts';
import { openPack, readFaces } from './open-pack.ts';

const sidePx = 20;
const sizePx = 16;
const dir = mkdtempSync(join(tmpdir(), 'kith-loader-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

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
    const loader = await openLoader({ pack: path, sampler, augmentation, sizePx, seed: 9, threads, ahead, targets });
    try {
      for (const iteration of [0, 1, 2, 3, 4, 9, 2, 2]) {
        const batch = await loader.next(iteration);
        expect(batch.rows).toEqual(sampler.batch(iteration));
        expect(batch.labels).toEqual(batch.rows.map((row) => Math.floor(row / 3)));
        const faces = readFaces(opened, batch.rows).map((image, i) => {
          return augment(image, { augmentation, random: createRandom(batch.seeds[i]!), sizePx }).data;
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
  await expect(loader.next(0)).rejects.toThrow(expect.objectContaining({ code: 'DATASET_INCOMPLETE' }));
  await loader.close();
  await expect(loader.next(1)).rejects.toThrow(FaceError);
  await expect(openPack(path)).rejects.toThrow(expect.objectContaining({ code: 'DATASET_INCOMPLETE' }));
});
