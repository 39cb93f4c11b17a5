import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hasBundledWeights, readBundledWeights } from './bundled-weights.ts';

const bundled = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'model');
const files = ['tiny_face_detector_model.bin', 'tiny_face_detector_model-weights_manifest.json'] as const;
const [numbers, manifest] = files;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kith-bundled-'));
  for (const file of files) copyFileSync(join(bundled, file), join(folder, file));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('files as they were published are read', async () => {
  const [copied, own] = await Promise.all([
    readBundledWeights('face-api-tiny', { folder }),
    readBundledWeights('face-api-tiny'),
  ]);
  expect(copied).toEqual(own);
});

test('a number that was altered is refused', async () => {
  const bytes = readFileSync(join(folder, numbers));
  bytes[1000]! ^= 1;
  writeFileSync(join(folder, numbers), bytes);
  await expect(readBundledWeights('face-api-tiny', { folder })).rejects.toMatchObject({ code: 'WEIGHTS_CHECKSUM' });
});

test('a scale that was altered is refused, though the list can be read', async () => {
  const groups = JSON.parse(readFileSync(join(folder, manifest), 'utf8'));
  groups[0].weights[0].quantization.scale *= 1.01;
  writeFileSync(join(folder, manifest), JSON.stringify(groups));
  await expect(readBundledWeights('face-api-tiny', { folder })).rejects.toMatchObject({ code: 'WEIGHTS_CHECKSUM' });
});

test.each(files)('%s that is missing is refused', async (file) => {
  rmSync(join(folder, file));
  await expect(readBundledWeights('face-api-tiny', { folder })).rejects.toMatchObject({ code: 'WEIGHTS_CHECKSUM' });
});

test('says whether all of them are there', async () => {
  expect(await hasBundledWeights()).toBe(true);
  // the tiny detector's alone
  expect(await hasBundledWeights({ folder })).toBe(false);
});
