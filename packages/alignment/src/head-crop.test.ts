import {
  type Affine,
  composeAffine,
  createImage,
  createLandmarks,
  createRandom,
  gaussian,
  invertAffine,
  type Landmarks,
  type Point,
  transformPoint,
} from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alignToHead } from './head-crop.ts';
import { dlibChip51, facenetHead } from './templates.ts';

const photo = createImage({ width: 8, height: 8 });

/** A face of which the 51 inner points are the mean face's, with a jaw around it, moved by a transform. */
function faceAt(transform: Affine, { noise = 0 } = {}): Landmarks {
  const random = createRandom(5);
  const inner = dlibChip51({ sizePx: 100, padding: 0 }).anchors.map(([, place]) => place);
  const jaw = Array.from({ length: 17 }, (_, i): Point => {
    const turn = (Math.PI * i) / 16;
    return [50 - 55 * Math.cos(turn), 20 + 95 * Math.sin(turn)];
  });
  const points = [...jaw, ...inner].map(
    ([x, y]): Point => [x + noise * gaussian(random), y + noise * gaussian(random)],
  );
  return createLandmarks('ibug68', Float32Array.from(points.flatMap((point) => transformPoint(transform, point))));
}

const similarity = fc
  .record({
    radians: fc.double({ min: -3, max: 3, noNaN: true }),
    scale: fc.double({ min: 0.1, max: 10, noNaN: true }),
    c: fc.integer({ min: -99, max: 99 }),
    f: fc.integer({ min: -99, max: 99 }),
  })
  .map(({ radians, scale, c, f }) => {
    const [cos, sin] = [Math.cos(radians) * scale, Math.sin(radians) * scale];
    return { a: cos, b: -sin, c, d: sin, e: cos, f };
  });

test('the landmarks’ box fills its share of the crop and lies below the middle by its share, however the face stands', () => {
  fc.assert(
    fc.property(similarity, (transform) => {
      const { points } = faceAt(transform);
      const { toImage, image } = alignToHead(photo, { scheme: 'ibug68', points }, { crop: facenetHead });
      expect([image.width, image.height]).toEqual([160, 160]);
      const toCrop = invertAffine(toImage);
      const inCrop = Array.from({ length: 68 }, (_, i) => transformPoint(toCrop, [points[2 * i]!, points[2 * i + 1]!]));
      const [xs, ys] = [inCrop.map(([x]) => x), inCrop.map(([, y]) => y)];
      const height = Math.max(...ys) - Math.min(...ys);
      expect(Math.max(...xs) - Math.min(...xs)).toBeCloseTo(160 / facenetHead.width, 2);
      expect(height).toBeCloseTo(160 / facenetHead.height, 2);
      // px are counted from the centre of the first
      expect((Math.max(...xs) + Math.min(...xs)) / 2 + 0.5).toBeCloseTo(80, 2);
      expect((Math.max(...ys) + Math.min(...ys)) / 2 + 0.5).toBeCloseTo(80 + height * facenetHead.rise, 2);
    }),
  );
});

test('a face that is moved with its photo gives the same crop', () => {
  const standing = { a: 1, b: 0, c: 40, d: 0, e: 1, f: 30 };
  fc.assert(
    fc.property(similarity, (moved) => {
      const before = alignToHead(photo, faceAt(standing, { noise: 2 }), { crop: facenetHead }).toImage;
      const after = alignToHead(photo, faceAt(composeAffine(standing, moved), { noise: 2 }), { crop: facenetHead });
      const expected = composeAffine(before, moved);
      for (const [x, y] of [
        [0, 0],
        [159, 0],
        [0, 159],
      ] as const) {
        const [u, v] = transformPoint(after.toImage, [x, y]);
        const [p, q] = transformPoint(expected, [x, y]);
        expect(Math.hypot(u - p, v - q)).toBeLessThan(0.01);
      }
    }),
  );
});

test('the crop shows what lies in its frame', () => {
  const wide = createImage({ width: 300, height: 300 });
  const { toImage } = alignToHead(wide, faceAt({ a: 1, b: 0, c: 100, d: 0, e: 1, f: 100 }), { crop: facenetHead });
  const [x, y] = transformPoint(toImage, [40, 120]);
  wide.data.fill(255, (Math.round(y) * 300 + Math.round(x)) * 3, (Math.round(y) * 300 + Math.round(x)) * 3 + 3);
  const { image } = alignToHead(wide, faceAt({ a: 1, b: 0, c: 100, d: 0, e: 1, f: 100 }), { crop: facenetHead });
  expect(image.data[(120 * 160 + 40) * 3]).toBeGreaterThan(60);
  expect(image.data.filter((value) => value > 0).length).toBeLessThan(60);
});

test('landmarks that fall together are refused', () => {
  const flat = createLandmarks('ibug68', new Float32Array(136).fill(7));
  expect(() => alignToHead(photo, flat, { crop: facenetHead })).toThrow(
    expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' }),
  );
});
