import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createImage } from '@kith/core';
import { expect, test } from 'vitest';
import { loadBackend } from '../backend.ts';
import { openRecognizer } from '../recognizer.ts';
import { holdFaceApiNets } from './face-api-nets.ts';
import { faceApiWeightFolder } from './weights.ts';

async function tensorCount(): Promise<number> {
  const { name } = await loadBackend();
  const module = name === 'wasm' ? '@tensorflow/tfjs' : '@tensorflow/tfjs-node';
  const tf = createRequire(import.meta.url)(module) as { memory(): { readonly numTensors: number } };
  return tf.memory().numTensors;
}

const grey = createImage({ width: 64, height: 64 }, { fill: [127, 127, 127] });

test('models that load at once share their nets, and leave nothing when all are closed', async () => {
  const before = await tensorCount();
  const [one, other] = await Promise.all([openRecognizer(), openRecognizer()]);
  const loaded = await tensorCount();
  expect(loaded).toBeGreaterThan(before);
  // a third one loads while the others close
  const opening = openRecognizer();
  one.close();
  one.close();
  other.close();
  const third = await opening;
  expect(await third.detect(grey)).toEqual([]);
  expect(await tensorCount()).toBe(loaded);
  third.close();
  expect(await tensorCount()).toBe(before);
});

test('a load that fails midway leaves nothing, and the next one starts anew', async () => {
  const before = await tensorCount();
  const part = mkdtempSync(join(tmpdir(), 'kith-weights-'));
  for (const file of ['tiny_face_detector_model.bin', 'tiny_face_detector_model-weights_manifest.json']) {
    copyFileSync(join(faceApiWeightFolder(), file), join(part, file));
  }
  const attempts = await Promise.allSettled([holdFaceApiNets(part), holdFaceApiNets(part)]);
  rmSync(part, { recursive: true });
  expect(attempts.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await tensorCount()).toBe(before);
  const whole = await holdFaceApiNets(faceApiWeightFolder());
  expect(await tensorCount()).toBeGreaterThan(before);
  whole.release();
  expect(await tensorCount()).toBe(before);
});
