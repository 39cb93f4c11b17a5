import { expect, test } from 'vitest';
import { createLandmarks, ibug68, interocularPx, landmark, meanLandmark, transformLandmarks } from './landmarks.ts';

const points = Float32Array.from({ length: 136 }, (_, i) => i);

test('the parts of a face cover its 68 points once, in order', () => {
  const covered = Object.values(ibug68).flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i));
  expect(covered).toEqual(Array.from({ length: 68 }, (_, i) => i));
});

test('points are read, averaged and moved', () => {
  const landmarks = createLandmarks('ibug68', points);
  expect(landmark(landmarks, 3)).toEqual([6, 7]);
  expect(meanLandmark(landmarks, ibug68.rightEye)).toEqual([77, 78]);
  expect(interocularPx(landmarks)).toBeCloseTo(12 * Math.SQRT2, 6);
  const moved = transformLandmarks(landmarks, { a: 2, b: 0, c: 1, d: 0, e: 2, f: -1 });
  expect(landmark(moved, 3)).toEqual([13, 13]);
  expect(interocularPx(moved)).toBeCloseTo(24 * Math.SQRT2, 5);
});

test.each([
  ['too few', new Float32Array(134)],
  ['not finite', points.map((value, i) => (i === 9 ? Number.NaN : value))],
])('%s points are refused', (_, bad) => {
  expect(() => createLandmarks('ibug68', bad)).toThrow(expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' }));
});
