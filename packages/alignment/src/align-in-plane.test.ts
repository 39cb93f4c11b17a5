import {
  type Affine,
  composeAffine,
  createImage,
  createLandmarks,
  createRandom,
  gaussian,
  type Image,
  invertAffine,
  type Landmarks,
  type Point,
  transformLandmarks,
  transformPoint,
} from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { templateToImage } from './align.ts';
import { alignInPlane } from './align-in-plane.ts';
import { deepfaceAnchors } from './templates.ts';

const template = deepfaceAnchors();
const photo = createImage({ width: 320, height: 320 });
for (let i = 0; i < photo.data.length; i++) photo.data[i] = 128 + 100 * Math.sin(i / 400) * Math.cos((i % 960) / 90);

/** A face that is not quite the template's, as six points, moved by a similarity. */
function faceAt(transform: Affine): Landmarks {
  const random = createRandom(11);
  const places = template.anchors.map(([, [x, y]]): Point => [x + 4 * gaussian(random), y + 4 * gaussian(random)]);
  return createLandmarks('deepface6', Float32Array.from(places.flatMap((place) => transformPoint(transform, place))));
}

const standing: Affine = { a: 1.2, b: -0.3, c: 70, d: 0.3, e: 1.2, f: 40 };
const similarity = fc
  .record({
    radians: fc.double({ min: -3, max: 3, noNaN: true }),
    scale: fc.double({ min: 0.3, max: 4, noNaN: true }),
    c: fc.integer({ min: -99, max: 99 }),
    f: fc.integer({ min: -99, max: 99 }),
  })
  .map(({ radians, scale, c, f }): Affine => {
    const [cos, sin] = [Math.cos(radians) * scale, Math.sin(radians) * scale];
    return { a: cos, b: -sin, c, d: sin, e: cos, f };
  });

/**
 * Sees the one face of the photo wherever a crop of it lies. It cannot know that from pixels, so it follows the steps as the loop makes
 * them; each look errs by less.
 *
 * @param first - What the first look saw, px of the photo.
 */
function detectorOf(face: Landmarks, first: Landmarks, { errors }: { readonly errors: readonly number[] }) {
  const random = createRandom(3);
  let toImage = templateToImage(first, template);
  let looks = 0;
  return async (crop: Image): Promise<Landmarks> => {
    expect([crop.width, crop.height]).toEqual([152, 152]);
    const error = errors[Math.min(looks++, errors.length - 1)]!;
    const seen = transformLandmarks(face, invertAffine(toImage));
    const found = createLandmarks(
      'deepface6',
      seen.points.map((value) => value + error * gaussian(random)),
    );
    toImage = composeAffine(templateToImage(found, template), toImage);
    return found;
  };
}

function mostApart(one: Affine, other: Affine): number {
  const corners: readonly Point[] = [
    [0, 0],
    [151, 0],
    [0, 151],
    [151, 151],
  ];
  return Math.max(
    ...corners.map((corner) => {
      const [x, y] = transformPoint(one, corner);
      const [u, v] = transformPoint(other, corner);
      return Math.hypot(x - u, y - v);
    }),
  );
}

test('a detector that sees the same again settles in the second round', async () => {
  const face = faceAt(standing);
  const { rounds, settled, toImage, landmarks, image } = await alignInPlane(photo, face, {
    detectAgain: detectorOf(face, face, { errors: [0] }),
  });
  expect([rounds.length, settled, image.width]).toEqual([2, true, 152]);
  expect(rounds[1]!.movedPx).toBeLessThan(1e-3);
  expect(mostApart(toImage, templateToImage(face, template))).toBeLessThan(1e-3);
  // the landmarks of the crop are those of the photo
  const back = transformLandmarks(landmarks, toImage).points;
  back.forEach((value, i) => {
    expect(value).toBeCloseTo(face.points[i]!, 3);
  });
});

test('errors that fall are corrected, and the rounds compose to the whole', async () => {
  const face = faceAt(standing);
  const first = createLandmarks(
    'deepface6',
    face.points.map((value, i) => value + 12 * Math.sin(i * 9)),
  );
  const { rounds, settled, toImage } = await alignInPlane(photo, first, {
    detectAgain: detectorOf(face, first, { errors: [6, 3, 1.5, 0.7, 0.3, 0.05, 0.05] }),
  });
  expect(settled).toBe(true);
  expect(rounds.length).toBeGreaterThan(3);
  expect(mostApart(toImage, templateToImage(face, template))).toBeLessThan(1);
  const toTemplate = rounds.map(({ step }) => step).reduce(composeAffine);
  expect(mostApart(invertAffine(toTemplate), toImage)).toBeLessThan(1e-6);
});

test('a detector that never settles gives the round that moved least, and says so', async () => {
  const face = faceAt(standing);
  const result = await alignInPlane(photo, face, {
    detectAgain: detectorOf(face, face, { errors: [9, 8, 4, 9, 9] }),
    maxRounds: 6,
    tolerancePx: 1e-6,
  });
  expect([result.rounds.length, result.settled]).toEqual([6, false]);
  const best = result.rounds.slice(1).toSorted((a, b) => a.movedPx - b.movedPx)[0]!;
  expect(result.toImage).toEqual(best.toImage);
  expect(best.movedPx).toBeGreaterThan(1e-6);
});

test('one round takes the landmarks as they are', async () => {
  const face = faceAt(standing);
  const result = await alignInPlane(photo, face, {
    detectAgain: () => Promise.reject(new Error('looked')),
    maxRounds: 1,
  });
  expect([result.rounds.length, result.settled]).toEqual([1, false]);
  expect(result.toImage).toEqual(templateToImage(face, template));
});

test('what the detector throws is thrown, and points that do not span a face are refused', async () => {
  const face = faceAt(standing);
  const error = new Error('no memory');
  await expect(alignInPlane(photo, face, { detectAgain: () => Promise.reject(error) })).rejects.toBe(error);
  const blind = async () => createLandmarks('deepface6', new Float32Array(12).fill(5));
  const degenerate = { code: 'LANDMARKS_DEGENERATE' };
  await expect(alignInPlane(photo, face, { detectAgain: blind })).rejects.toMatchObject(degenerate);
  const bad = { scheme: 'deepface6', points: new Float32Array(12).fill(Number.NaN) } as const;
  await expect(alignInPlane(photo, bad, { detectAgain: blind })).rejects.toMatchObject(degenerate);
});

test('a face moved by any similarity, and found badly at first, ends in the same crop', async () => {
  await fc.assert(
    fc.asyncProperty(similarity, fc.integer(), async (moved, seed) => {
      const random = createRandom(seed);
      const face = faceAt(standing);
      const there = transformLandmarks(face, moved);
      const first = transformLandmarks(
        createLandmarks(
          'deepface6',
          face.points.map((value) => value + 6 * gaussian(random)),
        ),
        moved,
      );
      const { toImage, settled } = await alignInPlane(photo, first, {
        detectAgain: detectorOf(there, first, { errors: [0] }),
      });
      expect(settled).toBe(true);
      const expected = composeAffine(templateToImage(face, template), moved);
      expect(mostApart(toImage, expected)).toBeLessThan(0.02);
    }),
    { numRuns: 50 },
  );
});
