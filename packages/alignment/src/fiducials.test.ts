import { createLandmarks, landmark, landmarkMirror, meanLandmark, mirrorLandmarks } from '@kith/core';
import { expect, test } from 'vitest';
import { toFiducials6, toFiducials67 } from './fiducials.ts';

const face = createLandmarks(
  'ibug68',
  Float32Array.from({ length: 136 }, (_, i) => ((i * 37) % 101) + i),
);

test('67 fiducials are the 68 points, the middles of the inner lips being one', () => {
  const fiducials = toFiducials67(face);
  expect(fiducials.scheme).toBe('deepface67');
  for (let i = 0; i < 67; i++) {
    if (i === 62) continue;
    expect(landmark(fiducials, i)).toEqual(landmark(face, i === 66 ? 67 : i));
  }
  const [[x, y], [u, v]] = [landmark(face, 62), landmark(face, 66)];
  expect(landmark(fiducials, 62)).toEqual([(x + u) / 2, (y + v) / 2]);
  expect(toFiducials67(fiducials)).toBe(fiducials);
});

test('six fiducials are the eye centres, the tip of the nose and the mouth, whichever scheme they are taken from', () => {
  const six = toFiducials6(face);
  const mouth = landmark(toFiducials67(face), 62);
  const expected = [
    meanLandmark(face, [36, 42]),
    meanLandmark(face, [42, 48]),
    landmark(face, 30),
    landmark(face, 48),
    mouth,
  ];
  expected.push(landmark(face, 54));
  expect([...six.points]).toEqual(expected.flat().map(Math.fround));
  expect(toFiducials6(toFiducials67(face))).toEqual(six);
  expect(toFiducials6(six)).toEqual(six);
});

test('a face in a mirror has its fiducials in the mirror', () => {
  expect(toFiducials67(mirrorLandmarks(face))).toEqual(mirrorLandmarks(toFiducials67(face)));
  const six = toFiducials6(face);
  toFiducials6(mirrorLandmarks(face)).points.forEach((value, i) => {
    expect(value).toBeCloseTo(six.points[2 * landmarkMirror.deepface6[i >> 1]! + (i & 1)]!, 4);
  });
});

test.each([
  ['too few points', { scheme: 'deepface6', points: new Float32Array(12) }],
  ['a wrong count', { scheme: 'ibug68', points: new Float32Array(134) }],
  ['a point that is not finite', { scheme: 'ibug68', points: face.points.with(5, Number.NaN) }],
] as const)('67 fiducials are not made from %s', (_, landmarks) => {
  expect(() => toFiducials67(landmarks)).toThrow(expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' }));
});
