import {
  type Affine,
  composeAffine,
  createImage,
  createLandmarks,
  createRandom,
  gaussian,
  identityAffine,
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

test.each([0.1, 1, 7])('the mean face lies where the crop says, at scale %d', (scale) => {
  const landmarks = faceAt({ a: scale, b: 0, c: 20, d: 0, e: scale, f: 30 });
  const { toImage, image } = alignToHead(photo, landmarks, { crop: { ...facenetHead, follow: 0 } });
  expect([image.width, image.height]).toEqual([160, 160]);
  expect(toImage.b).toBeCloseTo(0, 4);
  expect(toImage.d).toBeCloseTo(0, 4);
  expect(toImage.a * 160).toBeCloseTo(100 * scale * facenetHead.width, 2);
  expect(toImage.e * 160).toBeCloseTo(100 * scale * facenetHead.height, 2);
  const [u, v] = transformPoint(toImage, [79.5, 79.5]);
  // the middle of the mean face's square of 100 px is at 49.5
  expect(u).toBeCloseTo(20 + scale * (49.5 + 100 * facenetHead.middle[0]), 2);
  expect(v).toBeCloseTo(30 + scale * (49.5 + 100 * facenetHead.middle[1]), 2);
});

test.each([0, 0.5, 1])('the frame follows the jaw of a turned head by %d of its way', (follow) => {
  const landmarks = faceAt(identityAffine);
  const middleOf = (points: Float32Array) => {
    const { toImage } = alignToHead(photo, { scheme: 'ibug68', points }, { crop: { ...facenetHead, follow } });
    return transformPoint(toImage, [79.5, 79.5])[0];
  };
  const turned = landmarks.points.slice();
  // the far side of the jaw 20 px in, the near one 40 px out: the box's middle goes 30 px
  for (let i = 0; i < 17; i++) turned[2 * i]! += i < 8 ? 20 : 40;
  const xs = (points: Float32Array) => points.filter((_, i) => i % 2 === 0);
  const boxMiddle = (points: Float32Array) => (Math.min(...xs(points)) + Math.max(...xs(points))) / 2;
  const expected = follow * (boxMiddle(turned) - boxMiddle(landmarks.points));
  expect(middleOf(turned) - middleOf(landmarks.points)).toBeCloseTo(expected, 3);
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
