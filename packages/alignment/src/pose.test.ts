import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { projectPoint } from './camera.ts';
import { cameraOf, poseAxes, poseOf } from './pose.ts';

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const frontal = { yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0, pxPerMm: 1 };
const noseTip = [0, 0, -60] as const;

describe('a pose', () => {
  test('comes back from its camera', () => {
    fc.assert(
      fc.property(
        fc.record({
          yawDegrees: between(-85, 85),
          pitchDegrees: between(-60, 60),
          rollDegrees: between(-179, 179),
          pxPerMm: between(0.01, 100),
          middle: fc.tuple(between(-1e4, 1e4), between(-1e4, 1e4)),
        }),
        (pose) => {
          const found = poseOf(cameraOf(pose));
          expect(found.yawDegrees).toBeCloseTo(pose.yawDegrees, 7);
          expect(found.pitchDegrees).toBeCloseTo(pose.pitchDegrees, 7);
          expect(found.rollDegrees).toBeCloseTo(pose.rollDegrees, 7);
          expect(found.pxPerMm / pose.pxPerMm).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  test('turns the way its words say', () => {
    const nose = (turn: object) => projectPoint(cameraOf({ ...frontal, ...turn }), ...noseTip);
    expect(nose({ yawDegrees: 30 })[0]).toBeCloseTo(30, 9);
    expect(nose({ pitchDegrees: 30 })[1]).toBeCloseTo(-30, 9);
    const [topX, topY] = projectPoint(cameraOf({ ...frontal, rollDegrees: 30 }), 0, -60, 0);
    expect(topX).toBeCloseTo(30, 9);
    expect(topY).toBeLessThan(0);
  });

  test('of a camera that stretches is that of the nearest one that does not', () => {
    const { x, y } = cameraOf({ ...frontal, pxPerMm: 2 });
    const stretched = { x: x.map((value) => value * 1.2) as unknown as typeof x, y };
    const pose = poseOf(stretched);
    expect([pose.yawDegrees, pose.pitchDegrees, pose.rollDegrees].map(Math.abs)).toEqual([0, 0, 0]);
    expect(pose.pxPerMm).toBeCloseTo(2.2, 12);
  });

  test('of a sheared camera is no farther from it than its neighbours', () => {
    const made = cameraOf({ ...frontal, yawDegrees: 25, pitchDegrees: 10, rollDegrees: 40 });
    const sheared = { x: made.x, y: made.y.map((value, k) => value + 0.3 * made.x[k]!) as unknown as typeof made.y };
    const pose = poseOf(sheared);
    const distance = (change: object) => {
      const near = cameraOf({ ...pose, ...change });
      return Math.hypot(...[0, 1, 2].flatMap((k) => [near.x[k]! - sheared.x[k]!, near.y[k]! - sheared.y[k]!]));
    };
    for (const key of ['yawDegrees', 'pitchDegrees', 'rollDegrees', 'pxPerMm'] as const) {
      for (const step of [0.01, -0.01]) expect(distance({ [key]: pose[key] + step })).toBeGreaterThan(distance({}));
    }
  });

  test.each([
    ['no size', [0, 0, 0, 5], [0, 0, 0, 5]],
    ['one line', [1, 2, 3, 0], [2, 4, 6, 0]],
    ['one row of nothing', [1, 0, 0, 0], [0, 0, 0, 0]],
    ['a row that is no number', [Number.NaN, 0, 0, 0], [0, 1, 0, 0]],
    ['an infinite row', [Number.POSITIVE_INFINITY, 0, 0, 0], [0, 1, 0, 0]],
  ])('cannot be read off a camera of %s', (_, x, y) => {
    expect(() => poseOf({ x: x as never, y: y as never })).toThrow(
      expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' }),
    );
  });
});

test('the axes of a frontal head start between its eyes; the nose points at the viewer', () => {
  const axes = poseAxes(cameraOf({ ...frontal, pxPerMm: 2, middle: [100, 80] }), { lengthMm: 50 });
  expect(axes).toEqual({ origin: [100, 80], x: [200, 80], y: [100, 180], z: [100, 80] });
  const { z } = poseAxes(cameraOf({ ...frontal, yawDegrees: 90 }), { lengthMm: 50 });
  expect(z[0]).toBeCloseTo(50, 9);
});
