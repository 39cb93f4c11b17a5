import { createLandmarks, type Landmarks, transformLandmarks } from '@kith/core';
import { expect, test } from 'vitest';
import { estimateYawDegrees } from './yaw.ts';

/** A head of three parts, eyes 2 apart and the nose 1 in front of them, turned about the vertical and seen from afar. */
function turnedFace(yawDegrees: number): Landmarks {
  const [sin, cos] = [Math.sin((yawDegrees * Math.PI) / 180), Math.cos((yawDegrees * Math.PI) / 180)];
  const points = new Float32Array(136);
  const put = (index: number, [x, y, z]: readonly [number, number, number]) => {
    points[2 * index] = 50 + 20 * (x * cos + z * sin);
    points[2 * index + 1] = 50 + 20 * y;
  };
  for (let i = 36; i < 42; i++) put(i, [-1, 0, 0]);
  for (let i = 42; i < 48; i++) put(i, [1, 0, 0]);
  put(30, [0, 0.9, 1]);
  return createLandmarks('ibug68', points);
}

test.each([-60, -30, 0, 10, 45])('a head turned by %i° is seen so, also when tilted and scaled', (yaw) => {
  expect(estimateYawDegrees(turnedFace(yaw))).toBeCloseTo(yaw, 3);
  const tilted = transformLandmarks(turnedFace(yaw), { a: 1.8, b: -0.9, c: 4, d: 0.9, e: 1.8, f: -7 });
  // a nose below the eyes' line moves sideways in the photo, but not along that line
  expect(estimateYawDegrees(tilted)).toBeCloseTo(yaw, 3);
});

test('eyes in one place give no yaw rather than no number', () => {
  expect(estimateYawDegrees(createLandmarks('ibug68', new Float32Array(136)))).toBe(0);
});
