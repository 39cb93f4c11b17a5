import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, type Image, type Point } from '@kith/core';
import type { Augmentation } from '@kith/training';
import { createPack, openPack, type Pack, readFaces } from '@kith/training/data';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { taughtViews } from '../recipes/distillation.ts';
import { landmarksOfView, makeViews } from './make-views.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-views-'));
const [count, sidePx, landmarkCount] = [12, 60, 68];
const { signal } = new AbortController();
/** All of a face's landmarks lie on its dot. */
const landmarks = new Float32Array(count * landmarkCount * 2);
let pack: Pack;

/** Black but for a dot, 5 px wide and fading. */
function dotAt([x, y]: Point): Image {
  const data = new Uint8Array(sidePx * sidePx * 3);
  for (let p = 0; p < sidePx * sidePx; p++) {
    const away = Math.hypot((p % sidePx) - x, Math.floor(p / sidePx) - y);
    data.fill(Math.max(0, 240 - 80 * away), 3 * p, 3 * p + 3);
  }
  return { width: sidePx, height: sidePx, data };
}

/** The middle of what is bright. */
function brightest({ data }: Image): Point {
  const [sum, x, y] = [0, 0, 0].map((_, power) => {
    const place = (p: number) => [1, p % sidePx, Math.floor(p / sidePx)][power]!;
    return Array.from({ length: sidePx * sidePx }, (_, p) => data[3 * p]! * place(p)).reduce((a, b) => a + b);
  }) as [number, number, number];
  return [x / sum, y / sum];
}

beforeAll(async () => {
  const writer = createPack(join(folder, 'faces'), { sidePx });
  const random = createRandom(1);
  for (let row = 0; row < count; row++) {
    const dot: Point = [18 + 24 * random(), 18 + 24 * random()];
    for (let i = 0; i < landmarkCount; i++) landmarks.set(dot, 2 * (row * landmarkCount + i));
    writer.append(dotAt(dot), { person: `p${row % 3}`, file: `${row}.jpg` });
  }
  await writer.finish();
  pack = await openPack(join(folder, 'faces'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([0, 1])('landmarks go with a view as its pixels do; chance of a mirror %d', async (flip) => {
  const augmentation: Augmentation = {
    ...taughtViews.augmentation,
    flip,
    occlusion: { chance: 0, area: [0, 0], aspect: [1, 1], covers: ['grey'] },
  };
  const { colour: _, ...moving } = augmentation;
  const drawn = { viewsPerFace: 4, blended: 0, augmentation: moving, seed: 9 };
  const views = await makeViews(join(folder, `views-${flip}`), pack, { ...drawn, signal });
  let farthest = 0;
  for (const [row, view] of readFaces(views, [...views.labels.keys()]).entries()) {
    const { points } = landmarksOfView(row, pack, { ...drawn, landmarks });
    const [x, y] = brightest(view);
    expect(Math.hypot(points[0]! - x, points[1]! - y)).toBeLessThan(0.35);
    const own = landmarks.subarray((row % count) * landmarkCount * 2);
    farthest = Math.max(farthest, Math.hypot(points[0]! - own[0]!, points[1]! - own[1]!));
    if (row < count) expect([...points.subarray(0, 2)]).toEqual([...own.subarray(0, 2)]);
  }
  expect(farthest).toBeGreaterThan(1);
});

test('a view of a blend has the landmarks of the face whose view it is', () => {
  const drawn = { viewsPerFace: 2, augmentation: {}, seed: 9, landmarks };
  for (let row = 0; row < 2 * count; row++) {
    const { points } = landmarksOfView(row, pack, { ...drawn, blended: 1 });
    const from = (row % count) * landmarkCount * 2;
    expect(points).toEqual(landmarks.slice(from, from + landmarkCount * 2));
  }
});
