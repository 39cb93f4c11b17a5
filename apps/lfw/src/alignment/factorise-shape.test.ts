import { createRandom, gaussian } from '@kith/core';
import { expect, test } from 'vitest';
import { factoriseShape } from './factorise-shape.ts';
import { solveSmall } from './solve-small.ts';

/** A symmetric solid of 21 points: pairs, then points of the middle; the last is nearest to the viewer. */
const pairs = 8;
const mirror = [
  ...Array.from({ length: 2 * pairs }, (_, i) => i ^ 1),
  ...Array.from({ length: 5 }, (_, i) => 2 * pairs + i),
];
const solid = (() => {
  const random = createRandom(7);
  const points: number[][] = [];
  for (let i = 0; i < pairs; i++) {
    const [x, y, z] = [0.3 + random(), 2 * random() - 1, 2 * random() - 1];
    points.push([-x, y, z], [x, y, z]);
  }
  for (let i = 0; i < 4; i++) points.push([0, 2 * random() - 1, random() - 0.5]);
  points.push([0, 0.1, -1.5]);
  return points;
})();

function photograph(count: number, noise: number): Float64Array {
  const random = createRandom(11);
  return Float64Array.from(
    Array.from({ length: count }, () => {
      // symmetric about pitch 0, as the mean pose is the frontal
      const [yaw, pitch, roll, scale] = [0.4, 0.2, 0.3, 0].map((s) => s * gaussian(random)) as [
        number,
        number,
        number,
        number,
      ];
      const size = 40 + 100 * random() + scale;
      const [shiftX, shiftY] = [500 * random(), 500 * random()];
      return solid.map(([x = 0, y = 0, z = 0]) => {
        const [u, away] = [Math.cos(yaw) * x - Math.sin(yaw) * z, Math.sin(yaw) * x + Math.cos(yaw) * z];
        const v = Math.cos(pitch) * y + Math.sin(pitch) * away;
        const [eu, ev] = [noise * gaussian(random), noise * gaussian(random)];
        return [
          shiftX + size * (Math.cos(roll) * u - Math.sin(roll) * v + eu),
          shiftY + size * (Math.sin(roll) * u + Math.cos(roll) * v + ev),
        ];
      });
    }).flat(2),
  );
}

/** RMS distance of two shapes a point, after the best scale, move and tilt about x; the solid has a size of about 1. */
function distance(shape: Float64Array): number {
  const centred = (points: readonly (readonly number[])[]) => {
    const mean = [0, 1, 2].map((k) => points.reduce((sum, point) => sum + point[k]!, 0) / points.length);
    return points.map((point) => point.map((value, k) => value - mean[k]!));
  };
  const ours = centred(solid.map((_, i) => [...shape.subarray(3 * i, 3 * i + 3)]));
  const truth = centred(solid);
  const sum = (term: (a: readonly number[], b: readonly number[]) => number) =>
    ours.reduce((total, a, i) => total + term(a, truth[i]!), 0);
  const along = sum((a, b) => a[1]! * b[1]! + a[2]! * b[2]!);
  const across = sum((a, b) => a[1]! * b[2]! - a[2]! * b[1]!);
  const length = Math.hypot(along, across);
  // a tilt of more than 10° would be a wrong frontal pose
  expect(along / length).toBeGreaterThan(Math.cos(Math.PI / 18));
  const [cos, sin] = [along / length, across / length];
  const square = sum((a) => a[0]! ** 2 + a[1]! ** 2 + a[2]! ** 2);
  const scale = (sum((a, b) => a[0]! * b[0]!) + length) / square;
  const error = sum(
    (a, b) =>
      (scale * a[0]! - b[0]!) ** 2 +
      (scale * (cos * a[1]! - sin * a[2]!) - b[1]!) ** 2 +
      (scale * (sin * a[1]! + cos * a[2]!) - b[2]!) ** 2,
  );
  return Math.sqrt(error / solid.length);
}

test('a solid comes back from its pictures, whichever its poses, places and sizes', () => {
  const { shape, kept } = factoriseShape(photograph(150, 0), { mirror, nearest: 20 });
  expect(distance(shape)).toBeLessThan(0.002);
  expect(kept).toBeGreaterThan(60);
});

test('it comes back from noisy pictures, exactly symmetric, with the noise as the residual', () => {
  const { shape, residual } = factoriseShape(photograph(400, 0.03), { mirror, nearest: 20 });
  expect(distance(shape)).toBeLessThan(0.02);
  expect(residual).toBeGreaterThan(0);
  mirror.forEach((other, i) => {
    expect(shape[3 * i]! + shape[3 * other]!).toBeCloseTo(0, 12);
    expect(shape[3 * i + 1]).toBeCloseTo(shape[3 * other + 1]!, 12);
    expect(shape[3 * i + 2]).toBeCloseTo(shape[3 * other + 2]!, 12);
  });
});

test('faces that are no such solid are left out', () => {
  const observations = photograph(300, 0.02);
  const random = createRandom(3);
  const broken = 15;
  for (let i = 0; i < broken * 2 * solid.length; i++) observations[i]! += 40 * gaussian(random);
  const { shape, kept } = factoriseShape(observations, { mirror, nearest: 20 });
  expect(kept).toBeLessThanOrEqual(300 - broken);
  expect(distance(shape)).toBeLessThan(0.02);
});

test('a solution gives its right side', () => {
  const random = createRandom(5);
  const n = 6;
  const matrix = Float64Array.from({ length: n * n }, () => gaussian(random));
  const right = Float64Array.from({ length: n }, () => gaussian(random));
  const solution = solveSmall(matrix, right);
  for (let i = 0; i < n; i++) {
    expect(matrix.subarray(i * n, i * n + n).reduce((sum, a, j) => sum + a * solution[j]!, 0)).toBeCloseTo(
      right[i]!,
      9,
    );
  }
});
