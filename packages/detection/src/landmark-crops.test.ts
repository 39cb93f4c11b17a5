import {
  averageLandmarks,
  createLandmarks,
  ibug68,
  interocularPx,
  invertAffine,
  landmark,
  meanLandmark,
  mirrorLandmarks,
  transformLandmarks,
  transformPoint,
} from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mirroredCrop, squareAround, uprightAround } from './landmark-crops.ts';

/** 68 points of a drawn face, symmetric about x = 0: eyes level, mouth below. */
function drawnFace() {
  const points = new Float32Array(136);
  const put = (index: number, x: number, y: number) => points.set([x, y], index * 2);
  for (let i = 0; i < 17; i++) put(i, -40 * Math.cos((i / 16) * Math.PI), 50 * Math.sin((i / 16) * Math.PI));
  for (let i = 0; i < 5; i++) {
    put(17 + i, -32 + i * 6, -20);
    put(22 + i, 8 + i * 6, -20);
    put(31 + i, -8 + i * 4, 18);
  }
  for (let i = 0; i < 4; i++) put(27 + i, 0, -8 + i * 6);
  for (let i = 0; i < 6; i++) {
    const [x, y] = [8 * Math.cos((i / 6) * 2 * Math.PI), 3 * Math.sin((i / 6) * 2 * Math.PI)];
    put(36 + i, -20 - x, -8 - y);
    put([45, 44, 43, 42, 47, 46][i]!, 20 + x, -8 - y);
  }
  for (let i = 0; i < 12; i++)
    put(48 + i, -16 * Math.cos((i / 12) * 2 * Math.PI), 34 - 6 * Math.sin((i / 12) * 2 * Math.PI));
  for (let i = 0; i < 8; i++)
    put(60 + i, -10 * Math.cos((i / 8) * 2 * Math.PI), 34 - 3 * Math.sin((i / 8) * 2 * Math.PI));
  return createLandmarks('ibug68', points);
}

describe('crops', () => {
  test('a box lands on the whole square, edge on edge', () => {
    const { toImage } = squareAround({ xMin: 10, yMin: 20, xMax: 66, yMax: 76 }, 112);
    expect(transformPoint(toImage, [-0.5, -0.5])).toEqual([9.5, 19.5]);
    expect(transformPoint(toImage, [111.5, 111.5])).toEqual([65.5, 75.5]);
  });

  test('however a face is turned, moved and scaled, its upright crop shows it the same', () => {
    const face = drawnFace();
    const inCrop = (landmarks: typeof face) =>
      transformLandmarks(landmarks, invertAffine(uprightAround(landmarks, 112).toImage)).points;
    const expected = inCrop(face);
    fc.assert(
      fc.property(
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.double({ min: 0.2, max: 9, noNaN: true }),
        fc.integer({ min: -500, max: 500 }),
        (radians, scale, shift) => {
          const [cos, sin] = [Math.cos(radians) * scale, Math.sin(radians) * scale];
          const moved = transformLandmarks(face, { a: cos, b: -sin, c: shift, d: sin, e: cos, f: 2 * shift });
          for (const [i, value] of inCrop(moved).entries()) expect(value).toBeCloseTo(expected[i]!, 1);
        },
      ),
    );
  });

  test('the mirrored crop shows column x where the crop shows column 111 − x', () => {
    const crop = uprightAround(drawnFace(), 112);
    const [x, y] = transformPoint(crop.toImage, [30, 40]);
    const [u, v] = transformPoint(mirroredCrop(crop).toImage, [81, 40]);
    expect(u).toBeCloseTo(x, 9);
    expect(v).toBeCloseTo(y, 9);
  });
});

describe('symmetry', () => {
  test('renumbering twice changes nothing, and keeps each part of the face', () => {
    const face = drawnFace();
    expect(mirrorLandmarks(mirrorLandmarks(face)).points).toEqual(face.points);
    expect(meanLandmark(mirrorLandmarks(face), ibug68.rightEye)).toEqual(meanLandmark(face, ibug68.leftEye));
    for (const part of ['jaw', 'noseBase', 'outerLips', 'innerLips'] as const) {
      const [x, y] = meanLandmark(mirrorLandmarks(face), ibug68[part]);
      const [u, v] = meanLandmark(face, ibug68[part]);
      expect(x).toBeCloseTo(u, 4);
      expect(y).toBeCloseTo(v, 4);
    }
  });

  test('a symmetric face, mirrored and renumbered, is itself', () => {
    const face = drawnFace();
    const mirrored = mirrorLandmarks(transformLandmarks(face, { a: -1, b: 0, c: 0, d: 0, e: 1, f: 0 }));
    for (let i = 0; i < 48; i++) {
      const [x, y] = landmark(mirrored, i);
      const [u, v] = landmark(face, i);
      expect(x).toBeCloseTo(u, 3);
      expect(y).toBeCloseTo(v, 3);
    }
    expect(interocularPx(averageLandmarks([face, mirrored]))).toBeCloseTo(interocularPx(face), 3);
  });

  test('nothing cannot be averaged', () => {
    expect(() => averageLandmarks([])).toThrow(expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' }));
  });
});
