import {
  createLandmarks,
  createRandom,
  gaussian,
  type Image,
  invertAffine,
  type Point,
  transformPoint,
} from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignToTemplate } from './align.ts';
import { fitSimilarity } from './similarity.ts';
import { dlibChip5 } from './templates.ts';

const point = fc.tuple(fc.integer({ min: -200, max: 200 }), fc.integer({ min: -200, max: 200 }));
const spread = fc
  .array(point, { minLength: 3, maxLength: 12 })
  .filter((points) => new Set(points.map(String)).size >= 3);
const similarity = fc
  .record({
    radians: fc.double({ min: -3.1, max: 3.1, noNaN: true }),
    scale: fc.double({ min: 0.1, max: 10, noNaN: true }),
    c: fc.integer({ min: -99, max: 99 }),
    f: fc.integer({ min: -99, max: 99 }),
  })
  .map(({ radians, scale, c, f }) => {
    const [cos, sin] = [Math.cos(radians) * scale, Math.sin(radians) * scale];
    return { a: cos, b: -sin, c, d: sin, e: cos, f };
  });

describe('fitting a similarity', () => {
  test('recovers the one that made the points', () => {
    fc.assert(
      fc.property(spread, similarity, (points, made) => {
        const fitted = fitSimilarity(
          points,
          points.map((p) => transformPoint(made, p)),
        );
        for (const key of ['a', 'b', 'c', 'd', 'e', 'f'] as const) expect(fitted[key]).toBeCloseTo(made[key], 6);
      }),
    );
  });

  test('leaves no neighbour with a smaller squared error', () => {
    const random = createRandom(3);
    const from: Point[] = Array.from({ length: 9 }, () => [gaussian(random) * 50, gaussian(random) * 50]);
    const to: Point[] = from.map(([x, y]) => [2 * x - y + gaussian(random) * 8, x + 2 * y + gaussian(random) * 8]);
    const error = (a: number, d: number, c: number, f: number) =>
      from.reduce(
        (sum, [x, y], i) => sum + (a * x - d * y + c - to[i]![0]) ** 2 + (d * x + a * y + f - to[i]![1]) ** 2,
        0,
      );
    const { a, d, c, f } = fitSimilarity(from, to);
    const least = error(a, d, c, f);
    for (const step of [1e-3, -1e-3]) {
      expect(error(a + step, d, c, f)).toBeGreaterThan(least);
      expect(error(a, d + step, c, f)).toBeGreaterThan(least);
      expect(error(a, d, c + step, f)).toBeGreaterThan(least);
      expect(error(a, d, c, f + step)).toBeGreaterThan(least);
    }
  });

  test.each<[string, Point[], Point[]]>([
    ['one point', [[1, 1]], [[1, 1]]],
    [
      'points in one place',
      [
        [1, 1],
        [1, 1],
      ],
      [
        [0, 0],
        [5, 5],
      ],
    ],
    [
      'targets in one place',
      [
        [0, 0],
        [5, 5],
      ],
      [
        [1, 1],
        [1, 1],
      ],
    ],
    [
      'unequal counts',
      [
        [0, 0],
        [5, 5],
      ],
      [[1, 1]],
    ],
  ])('refuses %s', (_, from, to) => {
    expect(() => fitSimilarity(from, to)).toThrow(expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' }));
  });
});

describe('aligning', () => {
  const template = dlibChip5();

  /** A photo of white dots on black where the template's landmarks lie, as seen through a transform. */
  function dotsPhoto(toPhoto: Parameters<typeof transformPoint>[0]) {
    const points = new Float32Array(136);
    const photo: Image = { width: 400, height: 400, data: new Uint8Array(400 * 400 * 3) };
    for (const [[number], place] of template.anchors) {
      const [x, y] = transformPoint(toPhoto, place);
      points.set([x, y], number! * 2);
      for (let v = Math.round(y) - 3; v <= y + 3; v++)
        photo.data.fill(255, (v * 400 + Math.round(x) - 3) * 3, (v * 400 + Math.round(x) + 4) * 3);
    }
    return { photo, landmarks: createLandmarks('ibug68', points) };
  }

  test.each([0, 0.3, -0.6, 2.5])('brings the anchors to their places, whatever the pose (%d rad)', (radians) => {
    const [cos, sin] = [Math.cos(radians) * 1.3, Math.sin(radians) * 1.3];
    const middle = 74.5;
    const toPhoto = { a: cos, b: -sin, c: 200 - (cos - sin) * middle, d: sin, e: cos, f: 200 - (cos + sin) * middle };
    const { photo, landmarks } = dotsPhoto(toPhoto);
    const face = alignToTemplate(photo, landmarks, { template });
    expect([face.image.width, face.image.height]).toEqual([150, 150]);
    for (const [, [x, y]] of template.anchors) {
      expect(face.image.data[(Math.round(y) * 150 + Math.round(x)) * 3]).toBeGreaterThan(200);
      const [u, v] = transformPoint(invertAffine(face.toImage), transformPoint(toPhoto, [x, y]));
      expect(u).toBeCloseTo(x, 3);
      expect(v).toBeCloseTo(y, 3);
    }
  });
});
