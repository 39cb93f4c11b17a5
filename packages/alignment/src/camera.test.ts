import {
  createLandmarks,
  createRandom,
  gaussian,
  type Landmarks,
  transformLandmarks,
  transformPoint,
} from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AffineCamera, fitCamera, projectPoint, projectShape, uprightRadians } from './camera.ts';
import { landmarkCovariance } from './landmark-covariance.ts';
import { leastSquaresEstimator } from './least-squares.ts';
import { cameraOf } from './pose.ts';
import { referenceShape } from './reference-shape.ts';

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const pose = fc.record({
  yawDegrees: between(-70, 70),
  pitchDegrees: between(-40, 40),
  rollDegrees: between(-179, 179),
  pxPerMm: between(0.3, 5),
  middle: fc.tuple(between(-100, 2000), between(-100, 2000)),
});

/** The 67 fiducials of the reference as a camera sees them, moved by `shift(coordinate)` px. */
function seenBy(camera: AffineCamera, shift: (coordinate: number) => number = () => 0): Landmarks {
  const points = Float32Array.from(projectShape(camera, referenceShape).subarray(0, 134), (v, i) => v + shift(i));
  return createLandmarks('deepface67', points);
}

const numbers = ({ x, y }: AffineCamera) => [...x, ...y];

/** Errors like the landmark net's: L·z, z standard normal. */
function likelyErrors(random: () => number, scale: number): Float64Array {
  const { lower } = landmarkCovariance;
  const z = Float64Array.from({ length: 134 }, () => gaussian(random) * scale);
  return z.map((_, row) => {
    let sum = 0;
    for (let k = 0; k <= row; k++) sum += lower[row * 134 + k]! * z[k]!;
    return sum;
  });
}

describe('fitting a camera', () => {
  test('recovers the one that saw the reference, whatever the pose', () => {
    fc.assert(
      fc.property(pose, (made) => {
        const camera = cameraOf(made);
        for (const covariance of [landmarkCovariance, 'identity'] as const) {
          const fitted = numbers(fitCamera(seenBy(camera), { covariance }));
          numbers(camera).forEach((value, k) => {
            expect(Math.abs(fitted[k]! - value)).toBeLessThan(k % 4 === 3 ? 1e-2 : 1e-3);
          });
        }
      }),
    );
  });

  test('is as close to the truth as the definition, r′Σ⁻¹r at its least: no neighbour has less', () => {
    const random = createRandom(8);
    const face = seenBy(
      cameraOf({ yawDegrees: 30, pitchDegrees: 10, rollDegrees: 0, pxPerMm: 1 }),
      () => gaussian(random) * 2,
    );
    // turned upright, where Σ holds
    const radians = uprightRadians(face.points, referenceShape);
    const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
    const upright = transformLandmarks(face, { a: cos, b: sin, c: 0, d: -sin, e: cos, f: 0 });
    const cost = ([a, b, c, d, e, f, g, h]: number[]) => {
      const seen = projectShape({ x: [a!, b!, c!, d!], y: [e!, f!, g!, h!] }, referenceShape);
      const { lower } = landmarkCovariance;
      const whitened: number[] = [];
      for (let row = 0; row < 134; row++) {
        let rest = upright.points[row]! - seen[row]!;
        for (let k = 0; k < row; k++) rest -= lower[row * 134 + k]! * whitened[k]!;
        whitened.push(rest / lower[row * 134 + row]!);
      }
      return whitened.reduce((sum, value) => sum + value * value, 0);
    };
    const best = numbers(fitCamera(upright));
    const least = cost(best);
    for (let k = 0; k < 8; k++) {
      for (const step of [0.01, -0.01])
        expect(cost(best.map((v, i) => (i === k ? v + step : v)))).toBeGreaterThan(least);
    }
  });

  test('sees a face that is turned, moved and scaled in its photo with a camera turned, moved and scaled alike', () => {
    const random = createRandom(2);
    const face = seenBy(
      cameraOf({ yawDegrees: 25, pitchDegrees: -8, rollDegrees: 5, pxPerMm: 1 }),
      () => gaussian(random) * 2,
    );
    const camera = fitCamera(face);
    fc.assert(
      fc.property(between(-3.14, 3.14), between(0.3, 8), between(-300, 300), (radians, scale, shift) => {
        const [cos, sin] = [Math.cos(radians) * scale, Math.sin(radians) * scale];
        const transform = { a: cos, b: -sin, c: shift, d: sin, e: cos, f: 2 * shift };
        const moved = fitCamera(transformLandmarks(face, transform));
        for (const [X, Y, Z] of [
          [0, 0, 0],
          [60, 0, 0],
          [0, 90, 0],
          [0, 0, -60],
        ] as const) {
          const [u, v] = transformPoint(transform, projectPoint(camera, X, Y, Z));
          const [s, t] = projectPoint(moved, X, Y, Z);
          expect(Math.hypot(u - s, v - t)).toBeLessThan(2e-3 * Math.max(1, scale));
        }
      }),
    );
  });

  test('errs less with Σ than without, where errors are distributed so', () => {
    const random = createRandom(9);
    const camera = cameraOf({ yawDegrees: 20, pitchDegrees: 5, rollDegrees: 0, pxPerMm: 2, middle: [200, 150] });
    const scale = 3 / Math.sqrt(meanVariance());
    const error = { known: 0, identity: 0 };
    for (let draw = 0; draw < 400; draw++) {
      const errors = likelyErrors(random, scale);
      const face = seenBy(camera, (i) => errors[i]!);
      for (const [name, covariance] of [
        ['known', landmarkCovariance],
        ['identity', 'identity'],
      ] as const) {
        const fitted = numbers(fitCamera(face, { covariance }));
        error[name] += Math.hypot(...numbers(camera).map((value, k) => value - fitted[k]!)) / 400;
      }
    }
    expect(error.known).toBeLessThan(error.identity * 0.97);
  });

  test('equals the sheet’s definition, least squares of rows [x y z 1 0 0 0 0] and [0 0 0 0 x y z 1]', () => {
    const random = createRandom(4);
    const face = seenBy(cameraOf({ yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0, pxPerMm: 1 }), () =>
      gaussian(random),
    );
    const design = Array.from({ length: 134 }, (_, row) => {
      const vertex = [...referenceShape.subarray(3 * (row >> 1), 3 * (row >> 1) + 3), 1];
      return row % 2 === 0 ? [...vertex, 0, 0, 0, 0] : [0, 0, 0, 0, ...vertex];
    });
    const estimator = leastSquaresEstimator(Float64Array.from(design.flat()), { columns: 8 });
    const fitted = numbers(fitCamera(face, { covariance: 'identity' }));
    for (let k = 0; k < 8; k++) {
      let sum = 0;
      for (let i = 0; i < 134; i++) sum += estimator[k * 134 + i]! * face.points[i]!;
      expect(fitted[k]).toBeCloseTo(sum, 9);
    }
  });

  test.each<[string, () => Landmarks]>([
    ['points in one place', () => createLandmarks('deepface67', new Float32Array(134).fill(7))],
    [
      'points in a line',
      () =>
        createLandmarks(
          'deepface67',
          Float32Array.from({ length: 134 }, (_, i) => (i >> 1) * (1 + (i % 2))),
        ),
    ],
    [
      'a point that is no number',
      () => ({ scheme: 'deepface67', points: new Float32Array(134).fill(Number.NaN, 7, 8) }),
    ],
    [
      'an infinite point',
      () => ({ scheme: 'deepface67', points: new Float32Array(134).fill(Number.POSITIVE_INFINITY, 7, 8) }),
    ],
    [
      'another scheme',
      () =>
        createLandmarks(
          'ibug68',
          Float32Array.from({ length: 136 }, (_, i) => (i * i) % 91),
        ),
    ],
    ['too few points', () => ({ scheme: 'deepface67', points: new Float32Array(12) })],
  ])('refuses %s', (_, face) => {
    expect(() => fitCamera(face())).toThrow(expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' }));
  });

  test('refuses a shape that is flat, or is not of whole vertices', () => {
    const face = seenBy(cameraOf({ yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0, pxPerMm: 1 }));
    const flat = referenceShape.map((value, i) => (i % 3 === 2 ? 0 : value));
    for (const shape of [flat, referenceShape.slice(0, 100)]) {
      expect(() => fitCamera(face, { shape })).toThrow(expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' }));
    }
  });
});

test('a shape is projected as its points are, one by one', () => {
  const camera = cameraOf({ yawDegrees: 40, pitchDegrees: 20, rollDegrees: -30, pxPerMm: 2, middle: [9, 8] });
  const seen = projectShape(camera, referenceShape);
  expect(seen.length).toBe((referenceShape.length / 3) * 2);
  for (let i = 0; i < seen.length / 2; i++) {
    const [X, Y, Z] = referenceShape.subarray(3 * i, 3 * i + 3);
    const [u, v] = projectPoint(camera, X!, Y!, Z!);
    expect([seen[2 * i], seen[2 * i + 1]]).toEqual([u, v]);
  }
});

function meanVariance(): number {
  const { lower } = landmarkCovariance;
  return lower.reduce((sum, value) => sum + value * value, 0) / 134;
}
