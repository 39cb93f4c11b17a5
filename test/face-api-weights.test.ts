import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  faceApiLandmarks,
  faceApiLandmarksWeights,
  faceApiSsd,
  faceApiSsdWeights,
  faceApiTiny,
  faceApiTinyWeights,
} from '@kith/detection';
import { dlibResnet29, dlibResnet29Weights } from '@kith/embedding';
import { assertWeightsFit } from '@kith/network';
import { readFaceApiWeights } from '@kith/network/weights';
import { afterAll, describe, expect, test } from 'vitest';

const folder = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'model');
const scratch = mkdtempSync(join(tmpdir(), 'kith-weights-'));
afterAll(() => rmSync(scratch, { recursive: true }));

test.each([
  ['ssd_mobilenetv1_model', faceApiSsd, faceApiSsdWeights],
  ['tiny_face_detector_model', faceApiTiny(), faceApiTinyWeights],
  ['face_landmark_68_model', faceApiLandmarks, faceApiLandmarksWeights],
  ['face_recognition_model', dlibResnet29, dlibResnet29Weights],
] as const)("every tensor of face-api's %s has its place in our table, and is finite", async (file, table, rename) => {
  const weights = rename(await readFaceApiWeights(folder, file));
  expect(() => assertWeightsFit(table, weights)).not.toThrow();
});

test('a quantised number is its byte times the scale, above the least', async () => {
  const name = 'face_recognition_model';
  const [group] = JSON.parse(readFileSync(join(folder, `${name}-weights_manifest.json`), 'utf8'));
  const [first] = group.weights;
  const byte = readFileSync(join(folder, `${name}.bin`))[5]!;
  const kernel = (await readFaceApiWeights(folder, name)).get(first.name)!;
  expect(kernel.shape).toEqual(first.shape);
  expect(kernel.data[5]).toBeCloseTo(byte * first.quantization.scale + first.quantization.min, 6);
});

describe('damaged files', () => {
  const manifest = 'tiny_face_detector_model-weights_manifest.json';
  const copy = (name: string) => {
    copyFileSync(join(folder, manifest), join(scratch, `${name}-weights_manifest.json`));
    copyFileSync(join(folder, 'tiny_face_detector_model.bin'), join(scratch, `${name}.bin`));
  };

  test('cut short or too long', async () => {
    copy('short');
    truncateSync(join(scratch, 'short.bin'), 1000);
    await expect(readFaceApiWeights(scratch, 'short')).rejects.toMatchObject({ code: 'WEIGHTS_MALFORMED' });
    copy('long');
    writeFileSync(join(scratch, 'long.bin'), 'x', { flag: 'a' });
    await expect(readFaceApiWeights(scratch, 'long')).rejects.toMatchObject({ code: 'WEIGHTS_MALFORMED' });
  });

  const constructed = '[{"weights":[{"name":"a","shape":[1],"dtype":"constructor"}]}]';
  test.each(['{', '[]', '[{"weights":[{"name":"a"}]}]', 'null', '[null]', constructed])(
    'a manifest that is %s',
    async (text) => {
      copy('odd');
      writeFileSync(join(scratch, 'odd-weights_manifest.json'), text);
      await expect(readFaceApiWeights(scratch, 'odd')).rejects.toMatchObject({ code: 'WEIGHTS_MALFORMED' });
    },
  );

  test('missing', async () => {
    await expect(readFaceApiWeights(scratch, 'none')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
