import { createLandmarks, createRandom, gaussian, type Landmarks } from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AffineCamera, projectShape } from './camera.ts';
import { fitFace } from './fit-face.ts';
import { cameraOf } from './pose.ts';
import { fiducialCount, referenceShape } from './reference-shape.ts';

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const poses = (yaw: number) =>
  fc.record({
    yawDegrees: between(-yaw, yaw),
    pitchDegrees: between(-30, 30),
    rollDegrees: between(-179, 179),
    pxPerMm: between(0.5, 5),
    middle: fc.tuple(between(-100, 1000), between(-100, 1000)),
  });

/** The reference's fiducials as a camera sees them, each moved by some px. */
function seenBy(camera: AffineCamera, { px = 0, seed = 1 } = {}): Landmarks {
  const random = createRandom(seed);
  const seen = projectShape(camera, referenceShape).subarray(0, 2 * fiducialCount);
  return createLandmarks(
    'deepface67',
    Float32Array.from(seen, (value) => value + gaussian(random) * px),
  );
}

describe('fitting a face', () => {
  test('finds the pose of the reference itself, and nothing left over', () => {
    fc.assert(
      fc.property(poses(80), (made) => {
        const { pose, residuals, shape, source } = fitFace(seenBy(cameraOf(made)));
        expect(Math.abs(pose.yawDegrees - made.yawDegrees)).toBeLessThan(0.1);
        expect(Math.abs(pose.pitchDegrees - made.pitchDegrees)).toBeLessThan(0.1);
        expect(Math.abs(pose.rollDegrees - made.rollDegrees)).toBeLessThan(0.1);
        expect(pose.pxPerMm / made.pxPerMm).toBeCloseTo(1, 3);
        expect(Math.max(...residuals.map(Math.abs))).toBeLessThan(1e-3);
        const seen = projectShape(cameraOf(made), referenceShape);
        expect(Math.max(...source.map((value, i) => Math.abs(value - seen[i]!)))).toBeLessThan(0.05);
        expect(Math.max(...shape.map((value, i) => Math.abs(value - referenceShape[i]!)))).toBeLessThan(1e-2);
      }),
    );
  });

  test('explains every fiducial: projection and residual are where it was found', () => {
    fc.assert(
      fc.property(poses(70), fc.nat(), (made, seed) => {
        const face = seenBy(cameraOf(made), { px: 3 * made.pxPerMm, seed });
        const { camera, residuals, source } = fitFace(face);
        const seen = projectShape(camera, referenceShape);
        face.points.forEach((value, i) => {
          expect(seen[i]! + residuals[i]!).toBeCloseTo(value, 9);
          expect(source[i]).toBeCloseTo(value, 9);
        });
      }),
    );
  });

  test('up to 45° of yaw its own shape, z untouched, is seen by the camera at the mesh’s vertices', () => {
    fc.assert(
      fc.property(poses(45), fc.nat(), (made, seed) => {
        const { camera, shape, source } = fitFace(seenBy(cameraOf(made), { px: 2 * made.pxPerMm, seed }));
        const seen = projectShape(camera, shape);
        for (const [i, value] of seen.entries()) expect(value).toBeCloseTo(source[i]!, 6);
        for (let i = 2; i < shape.length; i += 3) expect(shape[i]).toBe(referenceShape[i]);
      }),
    );
  });

  test('a profile’s residuals are not drawn out beyond 30 mm, nor more than twice', () => {
    fc.assert(
      fc.property(between(-90, 90), between(0.5, 12), fc.nat(), (yawDegrees, mm, seed) => {
        const pose = { yawDegrees, pitchDegrees: 0, rollDegrees: 0, pxPerMm: 2 };
        const { shape, residuals, pose: found } = fitFace(seenBy(cameraOf(pose), { px: mm * 2, seed }));
        for (let i = 0; i < fiducialCount; i++) {
          const moved = Math.hypot(
            shape[3 * i]! - referenceShape[3 * i]!,
            shape[3 * i + 1]! - referenceShape[3 * i + 1]!,
          );
          const seenMm = Math.hypot(residuals[2 * i]!, residuals[2 * i + 1]!) / found.pxPerMm;
          expect(moved).toBeLessThanOrEqual(Math.min(30, 2 * seenMm) + 1e-9);
        }
      }),
    );
  });

  test('the ring follows the outline: where all of it is shifted one way, so is the ring', () => {
    const camera = cameraOf({ yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0, pxPerMm: 1 });
    const random = createRandom(3);
    const { points } = seenBy(camera);
    const face = createLandmarks(
      'deepface67',
      points.map((value, i) => (i < 54 ? value : value + gaussian(random) * 6)),
    );
    const { camera: found, residuals, source } = fitFace(face);
    const seen = projectShape(found, referenceShape);
    const outline = [0, 1].map((axis) => residuals.subarray(0, 54).filter((_, i) => i % 2 === axis));
    for (let i = 2 * fiducialCount; i < source.length; i++) {
      const offset = source[i]! - seen[i]!;
      expect(offset).toBeGreaterThanOrEqual(Math.min(...outline[i % 2]!) - 1e-9);
      expect(offset).toBeLessThanOrEqual(Math.max(...outline[i % 2]!) + 1e-9);
    }
  });

  test('takes 68 points as their 67 fiducials', () => {
    const random = createRandom(6);
    const { points } = seenBy(cameraOf({ yawDegrees: 20, pitchDegrees: 0, rollDegrees: 0, pxPerMm: 1 }), { px: 1 });
    // the middles of the inner lips, 62 and 66, apart by as much as the mouth is open
    const gap = 4 * random();
    const [x, y] = [points[124]!, points[125]!];
    const ibug = [
      ...points.subarray(0, 124),
      x,
      y - gap,
      ...points.subarray(126, 132),
      x,
      y + gap,
      ...points.subarray(132),
    ];
    const fit = fitFace(createLandmarks('ibug68', Float32Array.from(ibug)));
    expect(fit.fiducials.scheme).toBe('deepface67');
    fit.fiducials.points.forEach((value, i) => {
      expect(value).toBeCloseTo(points[i]!, 4);
    });
  });

  test.each<[string, () => Landmarks]>([
    ['points in one place', () => createLandmarks('ibug68', new Float32Array(136).fill(40))],
    [
      'points in a line',
      () =>
        createLandmarks(
          'ibug68',
          Float32Array.from({ length: 136 }, (_, i) => (i >> 1) * 2 + (i % 2)),
        ),
    ],
    [
      'six points',
      () =>
        createLandmarks(
          'deepface6',
          Float32Array.from({ length: 12 }, (_, i) => (i * i) % 7),
        ),
    ],
    ['a point that is no number', () => ({ scheme: 'ibug68', points: new Float32Array(136).fill(Number.NaN, 3, 4) })],
    [
      'an infinite point',
      () => ({ scheme: 'deepface67', points: new Float32Array(134).fill(Number.NEGATIVE_INFINITY, 3, 4) }),
    ],
    ['a wrong count', () => ({ scheme: 'deepface67', points: new Float32Array(136) })],
  ])('refuses %s', (_, face) => {
    expect(() => fitFace(face())).toThrow(expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' }));
  });
});

test('refuses a face whose points lie on one another', () => {
  const points = Float32Array.from(referenceShape.subarray(0, 201)).filter((_, i) => i % 3 !== 2);
  for (let i = 0; i < 33; i++) points.set([80, 81], 2 * i);
  expect(() => fitFace({ scheme: 'deepface67', points })).toThrow(
    expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' }),
  );
});
