import { createHash } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, gaussian } from '@kith/core';
import { createPack, openPack, type Pack } from '@kith/training/data';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { assertTeachersAtHand, phaseData, takeOffMean } from './phase-data.ts';
import { cleanViews, distillation, facenetTeaches } from './recipes/distillation.ts';
import { kithSmallRecipe } from './recipes/kith-small.ts';

const cache = mkdtempSync(join(tmpdir(), 'kith-phase-data-'));
const recipe = { ...kithSmallRecipe, teachers: [facenetTeaches], views: cleanViews };
const { signal } = new AbortController();
let faces: Pack;

beforeAll(async () => {
  // no weights lie here
  vi.stubEnv('KITH_WEIGHTS', cache);
  const writer = createPack(join(cache, 'faces'), { sidePx: 4 });
  for (let row = 0; row < 6; row++) {
    const data = new Uint8Array(4 * 4 * 3).fill(40 * row);
    writer.append({ width: 4, height: 4, data }, { person: `p${row >> 1}`, file: `${row}.jpg` });
  }
  await writer.finish();
  faces = await openPack(join(cache, 'faces'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

test('a teacher without weights is told of before it is asked, unless it has answered', async () => {
  const account = { photos: 6, people: 3, faces: 6, withoutFace: 0, unreadable: [], judgedBy: 'themselves' };
  const none = { people: 0, faces: 0 };
  const data = {
    ...{ faces, landmarks: new Float32Array(6 * 136), judging: faces, pairs: [] },
    account: { ...account, tooClose: none, tooFew: none },
  };
  const missing = {
    code: 'WEIGHTS_CHECKSUM',
    message: expect.stringMatching(/facenet-int8 is to teach.*Set KITH_WEIGHTS/),
  };
  await expect(assertTeachersAtHand(recipe, { faces, cache })).rejects.toMatchObject(missing);
  const ask = () => phaseData(distillation({ faces: 6 }), recipe, { data, cache, signal });
  await expect(ask()).rejects.toMatchObject(missing);
  const answers = Float32Array.from({ length: 6 * 512 }, (_, k) => Number(k % 512 === k >> 9));
  // named by the views, the seed and the faces
  const name = createHash('sha256')
    .update(JSON.stringify([cleanViews, recipe.seed, faces.sha256]))
    .digest('hex');
  const path = join(cache, `views-${name.slice(0, 12)}-facenet-int8.f32`);
  writeFileSync(path, new Uint8Array(answers.buffer));
  await assertTeachersAtHand(recipe, { faces, cache });
  expect(await ask()).toMatchObject({ targets: answers, teachers: [{ dimension: 512 }] });
  renameSync(path, `${path}.part`);
  await expect(assertTeachersAtHand(recipe, { faces, cache })).rejects.toMatchObject(missing);
});

test('each row is what is left of it without a share of the mean, at length 1', () => {
  const shares = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 9 }), shares, (seed, count, share) => {
      const dimension = 4;
      const random = createRandom(seed);
      const rows = Float32Array.from({ length: count * dimension }, () => 1 + gaussian(random));
      const mean = Array.from({ length: dimension }, (_, k) => {
        const column = Array.from({ length: count }, (_, row) => rows[row * dimension + k]!);
        return column.reduce((sum, value) => sum + value, 0) / count;
      });
      const expected = Array.from({ length: count }, (_, row) => {
        const left = mean.map((value, k) => rows[row * dimension + k]! - share * value);
        return left.map((value) => value / Math.hypot(...left));
      }).flat();
      // a single row less its mean is nothing
      fc.pre(expected.every(Number.isFinite) && (count > 1 || share < 0.99));
      const got = takeOffMean(rows, dimension, share);
      expect(got).toBe(rows);
      expected.forEach((value, k) => {
        expect(got[k]).toBeCloseTo(value, 4);
      });
    }),
  );
});
