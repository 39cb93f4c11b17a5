import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alignToHead, facenetHead } from '@kith/alignment';
import { type Embedding, type Image, identityAffine, type Landmarks } from '@kith/core';
import { describeModel, openRecognizer } from '@kith/pipeline';
import { type Pack, readFaces } from '@kith/training/data';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { photosOfPeople } from '../../../test/support/photos-of-people.ts';
import { prepareData } from './data/prepare-data.ts';
import { landmarksOfChip } from './data/turn-face.ts';
import { type TeacherName, teacherOf } from './teachers.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-teachers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const floats = 'facenet-inception-resnet-v1';
const { available } = await describeModel(floats);

let faces: Pack;
let images: readonly Image[];
let landmarksOf: (row: number) => Landmarks;

beforeAll(async () => {
  for (const [i, photo] of photosOfPeople(8).entries()) {
    mkdirSync(join(folder, 'photos', `person ${i}`), { recursive: true });
    for (const copy of ['1.jpg', '2.jpg']) copyFileSync(photo, join(folder, 'photos', `person ${i}`, copy));
  }
  const { signal } = new AbortController();
  const data = await prepareData({
    ...{ data: join(folder, 'photos'), lfw: undefined, cache: join(folder, 'cache'), skipUnreadable: false, signal },
  });
  ({ faces } = data);
  images = readFaces(
    faces,
    Array.from({ length: faces.count }, (_, row) => row),
  );
  landmarksOf = (row) => landmarksOfChip(data.landmarks, row);
}, 60_000);

async function ask(name: TeacherName): Promise<readonly Embedding[]> {
  const teacher = teacherOf(name, { faces, landmarksOf });
  const opened = await teacher.open();
  try {
    const told = await opened.embed(images, [...images.keys()]);
    for (const embedding of told) expect(embedding).toHaveLength(teacher.dimension);
    return told;
  } finally {
    await opened.close();
  }
}

test.each(['dlib-resnet-int8', 'dlib-resnet'] as const)(
  '%s says of chips what the model of that name does',
  async (name) => {
    const told = await ask(name);
    const { model, close } = await openRecognizer({ model: name });
    try {
      expect(told).toEqual(await model.embed(images.map((image) => ({ image, toImage: identityAffine }))));
      expect(new Set(told.map(String)).size).toBeGreaterThan(faces.people.length / 2);
    } finally {
      await close();
    }
  },
  60_000,
);

test.skipIf(!available)(
  'FaceNet says in 8-bit integers what it says in floats of heads',
  async () => {
    const told = await ask('facenet-int8');
    const { model, close } = await openRecognizer({ model: floats, isUnmeasured: true });
    try {
      const expected = await model.embed(
        images.map((image, row) => alignToHead(image, landmarksOf(row), { crop: facenetHead })),
      );
      for (const [i, embedding] of told.entries()) {
        expect(embedding.reduce((sum, value, k) => sum + value * expected[i]![k]!, 0)).toBeGreaterThan(0.98);
      }
    } finally {
      await close();
    }
  },
  60_000,
);
