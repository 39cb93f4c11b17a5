import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  cameraOf,
  dlibChip51,
  fiducialsOfIbug68,
  projectShape,
  referenceShape,
  templateToImage,
} from '@kith/alignment';
import { createImage, createLandmarks, createRandom, type Image, type Landmarks, warpAffine } from '@kith/core';
import { createPack, openPack, readFaces } from '@kith/training/data';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { makeViews } from './make-views.ts';
import { chip } from './pack-faces.ts';
import { type Direction, drawDirection, fitChip, landmarksInChips, turnFace } from './turn-face.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-turn-'));
afterAll(() => rmSync(folder, { recursive: true }));

const template = dlibChip51(chip);

/** The reference's landmarks as a photo has them that is taken from somewhere. */
function landmarksFrom(direction: Direction, { rollDegrees = 0, pxPerMm = 2 } = {}): Landmarks {
  const places = projectShape(cameraOf({ ...direction, rollDegrees, pxPerMm, middle: [250, 200] }), referenceShape);
  const points = fiducialsOfIbug68.flatMap((i) => [places[2 * i]!, places[2 * i + 1]!]);
  return createLandmarks('ibug68', Float32Array.from(points));
}

/** The chip of a photo of stripes with a red dot on one landmark. */
function chipFrom(landmarks: Landmarks, dotted = 33): Image {
  const photo = createImage({ width: 500, height: 500 }, { fill: [0, 0, 0] });
  photo.data.forEach((_, k) => {
    const [x, y] = [Math.floor(k / 3) % 500, Math.floor(k / 1500)];
    photo.data[k] = 90 + 40 * Math.sin(x / 25) + 40 * Math.sin(y / 30);
  });
  const [x, y] = [Math.round(landmarks.points[2 * dotted]!), Math.round(landmarks.points[2 * dotted + 1]!)];
  for (let v = y - 5; v <= y + 5; v++)
    for (let u = x - 5; u <= x + 5; u++) photo.data.set([255, 0, 0], 3 * (500 * v + u));
  const size = { width: chip.sizePx, height: chip.sizePx, beyond: 'edge' } as const;
  return warpAffine(photo, templateToImage(landmarks, template), size);
}

/** The middle of the red pixels. */
function findDot({ width, data }: Image): readonly [number, number] {
  let [x, y, count] = [0, 0, 0];
  for (let p = 0; p < data.length / 3; p++) {
    if (data[3 * p]! - data[3 * p + 1]! < 100) continue;
    x += p % width;
    y += Math.floor(p / width);
    count++;
  }
  return [x / count, y / count];
}

const front = { yawDegrees: 0, pitchDegrees: 0 };

test('landmarks in a chip do not depend on how the photo was held', () => {
  const direction = { yawDegrees: 20, pitchDegrees: -5 };
  const expected = landmarksInChips([landmarksFrom(direction)]);
  const angle = fc.integer({ min: -180, max: 180 });
  fc.assert(
    fc.property(angle, fc.double({ min: 0.3, max: 5, noNaN: true }), (rollDegrees, pxPerMm) => {
      const got = landmarksInChips([landmarksFrom(front), landmarksFrom(direction, { rollDegrees, pxPerMm })]);
      expect(got).toHaveLength(2 * 136);
      for (let i = 0; i < 136; i++) expect(Math.abs(got[136 + i]! - expected[i]!)).toBeLessThan(0.01);
    }),
    { numRuns: 20 },
  );
});

test('a landmark of a turned chip lies where the chip of a photo from there has it', () => {
  for (const dotted of [27, 51, 57]) {
    for (const [from, to] of [
      [front, { yawDegrees: 30, pitchDegrees: 0 }],
      [front, { yawDegrees: -25, pitchDegrees: 12 }],
      [{ yawDegrees: 20, pitchDegrees: 5 }, front],
      [
        { yawDegrees: -15, pitchDegrees: 0 },
        { yawDegrees: 10, pitchDegrees: -10 },
      ],
    ] as const) {
      const landmarks = landmarksFrom(from);
      const turned = turnFace(chipFrom(landmarks, dotted), fitChip(landmarksInChips([landmarks]), 0)!, to);
      const expected = landmarksInChips([landmarksFrom(to)]);
      const [x, y] = findDot(turned);
      expect(Math.hypot(x - expected[2 * dotted]!, y - expected[2 * dotted + 1]!)).toBeLessThan(0.75);
    }
  }
});

test('a face that is turned to where it looks is the face', () => {
  const direction = { yawDegrees: 10, pitchDegrees: -6 };
  const landmarks = landmarksFrom(direction);
  const image = chipFrom(landmarks);
  const turned = turnFace(image, fitChip(landmarksInChips([landmarks]), 0)!, direction);
  let [sum, count] = [0, 0];
  for (let y = 40; y < 120; y++) {
    for (let k = 3 * (y * chip.sizePx + 40); k < 3 * (y * chip.sizePx + 110); k++) {
      sum += Math.abs(turned.data[k]! - image.data[k]!);
      count++;
    }
  }
  expect(sum / count).toBeLessThan(2);
});

test('however it is turned, nothing of the chip stays black, but for single pixels of triangles seen from the side', () => {
  const landmarks = landmarksFrom({ yawDegrees: 15, pitchDegrees: 5 });
  const image = { ...chipFrom(landmarks), data: new Uint8Array(chip.sizePx ** 2 * 3).fill(140) };
  const fit = fitChip(landmarksInChips([landmarks]), 0)!;
  fc.assert(
    fc.property(fc.integer({ min: -35, max: 35 }), fc.integer({ min: -15, max: 15 }), (yawDegrees, pitchDegrees) => {
      const { width, height, data } = turnFace(image, fit, { yawDegrees, pitchDegrees });
      expect([width, height]).toEqual([chip.sizePx, chip.sizePx]);
      expect(data.filter((value) => Math.abs(value - 140) > 20).length / data.length).toBeLessThan(1e-3);
      expect(data.includes(0)).toBe(false);
    }),
    { numRuns: 30 },
  );
});

test('a direction is in reach of where the head looks, and not too far off the front', () => {
  const angles = { yawDegrees: fc.integer({ min: -60, max: 60 }), pitchDegrees: fc.integer({ min: -25, max: 25 }) };
  fc.assert(
    fc.property(fc.record(angles), fc.integer({ min: 1, max: 1000 }), (from, seed) => {
      const { pose, ...fit } = fitChip(landmarksInChips([landmarksFrom(from)]), 0)!;
      const drawn = drawDirection(
        { ...fit, pose },
        { chance: 1, yawDegrees: 35, pitchDegrees: 15 },
        createRandom(seed),
      );
      for (const [angle, most] of [
        ['yawDegrees', 35],
        ['pitchDegrees', 15],
      ] as const) {
        if (drawn === undefined) continue;
        expect(Math.abs(drawn[angle])).toBeLessThanOrEqual(most);
        expect(Math.abs(drawn[angle] - pose[angle])).toBeLessThanOrEqual(most + 1e-9);
      }
      if (Math.abs(from.yawDegrees) < 30 && Math.abs(from.pitchDegrees) < 12) expect(drawn).toBeDefined();
    }),
  );
});

test('what is no face, or a profile, is not fitted', () => {
  expect(fitChip(new Float32Array(136).fill(70), 0)).toBeUndefined();
  expect(fitChip(landmarksInChips([landmarksFrom({ yawDegrees: 85, pitchDegrees: 0 })]), 0)).toBeUndefined();
});

test('views are turned where that is asked for, and only then differ from those of before', async () => {
  const looks = [front, { yawDegrees: 15, pitchDegrees: 0 }, { yawDegrees: -10, pitchDegrees: 5 }].map((direction) =>
    landmarksFrom(direction),
  );
  const writer = createPack(join(folder, 'faces'), { sidePx: chip.sizePx });
  for (const [row, landmarks] of looks.entries())
    writer.append(chipFrom(landmarks, row + 30), { person: `p${row}`, file: `${row}` });
  await writer.finish();
  const faces = await openPack(join(folder, 'faces'));
  const landmarks = landmarksInChips(looks);
  const given = { viewsPerFace: 3, blended: 0.5, augmentation: {}, seed: 4, signal: new AbortController().signal };
  const turned = { chance: 1, yawDegrees: 35, pitchDegrees: 15 };
  const plain = await makeViews(join(folder, 'plain'), faces, given);
  const same = await makeViews(join(folder, 'same'), faces, { ...given, landmarks });
  expect(same.sha256).toBe(plain.sha256);
  const views = await makeViews(join(folder, 'turned'), faces, { ...given, landmarks, turned });
  const again = await makeViews(join(folder, 'again'), faces, { ...given, landmarks, turned });
  expect(again.sha256).toBe(views.sha256);
  const rows = Array.from({ length: 9 }, (_, row) => row);
  const [before, after] = [readFaces(plain, rows), readFaces(views, rows)];
  for (const row of rows) {
    if (row < 3) expect(after[row]).toEqual(before[row]);
    else expect(after[row]).not.toEqual(before[row]);
  }
  await expect(makeViews(join(folder, 'none'), faces, { ...given, turned })).rejects.toMatchObject({ code: 'USAGE' });
});
