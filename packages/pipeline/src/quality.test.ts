import { createLandmarks, type Image, identityAffine, type Landmarks, transformLandmarks } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { faceQuality, faceSizePx } from './quality.ts';

/** A face of two eyes and a mouth, each a single point, the eyes 1 px apart and the mouth 1.2 px below. */
function simpleFace(): Landmarks {
  const points = new Float32Array(136);
  const put = (from: number, to: number, x: number, y: number) => {
    for (let i = from; i < to; i++) points.set([x, y], 2 * i);
  };
  put(36, 42, -0.5, 0);
  put(42, 48, 0.5, 0);
  put(48, 60, 0, 1.2);
  return createLandmarks('ibug68', points);
}

const scaled = (px: number) => transformLandmarks(simpleFace(), { ...identityAffine, a: px, e: px });

/** Black and white squares of so many px. */
function chequered(square: number): Image {
  const data = new Uint8Array(60 * 60 * 3);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / 3);
    data[i] = (Math.floor((pixel % 60) / square) + Math.floor(pixel / 60 / square)) % 2 ? 200 : 50;
  }
  return { width: 60, height: 60, data };
}

const quality = (score: number, px: number, image: Image) =>
  faceQuality({ score, landmarks: scaled(px), aligned: { image, toImage: identityAffine } });

test('the size of a face is the longer of its two spans, however it turns in the plane', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 7, noNaN: true }), fc.integer({ min: 5, max: 500 }), (angle, px) => {
      const [cos, sin] = [px * Math.cos(angle), px * Math.sin(angle)];
      const turned = transformLandmarks(simpleFace(), { a: cos, b: -sin, c: 9, d: sin, e: cos, f: 9 });
      expect(faceSizePx(turned) / (1.2 * px)).toBeCloseTo(1, 4);
    }),
  );
});

test('quality lies in [0, 1] and rises with size, score and sharpness', () => {
  const sharp = chequered(2);
  const soft = chequered(20);
  const flat: Image = { ...sharp, data: new Uint8Array(sharp.data.length).fill(90) };
  expect(quality(0.9, 40, sharp)).toBeGreaterThan(quality(0.9, 20, sharp));
  expect(quality(0.9, 40, sharp)).toBeGreaterThan(quality(0.4, 40, sharp));
  expect(quality(0.9, 40, sharp)).toBeGreaterThan(quality(0.9, 40, soft));
  expect(quality(1, 400, flat)).toBe(0);
  expect(quality(1, 400, sharp)).toBeLessThanOrEqual(1);
});
