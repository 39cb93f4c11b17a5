import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alignToHead, facenetHead } from '@kith/alignment';
import { createLandmarks } from '@kith/core';
import { describeModel, openRecognizer } from '@kith/pipeline';
import { readFaces } from '@kith/training/data';
import { afterAll, expect, test } from 'vitest';
import { photosOfPeople } from '../../../test/support/photos-of-people.ts';
import { prepareData } from './data/prepare-data.ts';
import { openTeacher } from './teachers.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-teachers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const floats = 'facenet-inception-resnet-v1';
const { available } = await describeModel(floats);

test.skipIf(!available)(
  'FaceNet says in 8-bit integers what it says in floats, of faces and of second views of them',
  async () => {
    for (const [i, photo] of photosOfPeople(8).entries()) {
      mkdirSync(join(folder, 'photos', `person ${i}`), { recursive: true });
      for (const copy of ['1.jpg', '2.jpg']) copyFileSync(photo, join(folder, 'photos', `person ${i}`, copy));
    }
    const { signal } = new AbortController();
    const data = await prepareData({
      ...{ data: join(folder, 'photos'), lfw: undefined, cache: join(folder, 'cache'), skipUnreadable: false, signal },
    });
    const { faces, landmarks } = data;
    const rows = Array.from({ length: faces.count }, (_, i) => i);
    const images = readFaces(faces, rows);
    const teacher = await openTeacher('facenet-int8', data);
    const { model, close } = await openRecognizer({ model: floats, isUnmeasured: true });
    try {
      const expected = await model.embed(
        images.map((image, i) => {
          const points = createLandmarks('ibug68', landmarks.slice(i * 136, (i + 1) * 136));
          return alignToHead(image, points, { crop: facenetHead });
        }),
      );
      const told = await teacher.embed(images, rows);
      expect(told[0]).toHaveLength(teacher.dimension);
      for (const [i, embedding] of told.entries()) {
        expect(embedding.reduce((sum, value, k) => sum + value * expected[i]![k]!, 0)).toBeGreaterThan(0.98);
      }
      const ofSecondViews = await teacher.embed(
        images,
        rows.map((row) => row + faces.count),
      );
      expect(ofSecondViews).toEqual(told);
    } finally {
      await teacher.close();
      await close();
    }
  },
  60_000,
);
