import { createRandom } from '@kith/core';
import { expect, test } from 'vitest';
import { distanceWeighted, logDistanceWeight, squaredL2 } from './index.ts';

/** One anchor and its positive in one place, and another person's rows on the unit circle at the given L2 distances from it. */
function table(distances: readonly number[]) {
  const angles = [0, 0, ...distances.map((distance) => 2 * Math.asin(distance / 2))];
  const values = Float64Array.from(angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
  return {
    distances: squaredL2.pairwise({ values, count: angles.length, dimension: 2 }),
    labels: Int32Array.from(angles, (_, i) => (i < 2 ? 0 : i)),
  };
}

test('negatives are drawn as often as the formula says', () => {
  const far = [0.2, 0.45, 0.6, 0.8, 1, 1.2, 1.39, 1.45, 1.9];
  const dimension = 8;
  const q = (d: number) => d ** (dimension - 2) * (1 - d ** 2 / 4) ** ((dimension - 3) / 2);
  const weights = far.map((d) => (d > 1.4 ? 0 : Math.min(1 / q(0.5), 1 / q(d))));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const { distances, labels } = table(far);
  const counts = new Map<number, number>();
  const random = createRandom(11);
  const draws = 20_000;
  for (let i = 0; i < draws / 2; i++) {
    for (const negative of distanceWeighted(distances, labels, { random, dimension }).negative) {
      counts.set(negative - 2, (counts.get(negative - 2) ?? 0) + 1);
    }
  }
  for (const [i, weight] of weights.entries()) {
    const share = weight / total;
    const deviation = Math.sqrt((share * (1 - share)) / draws);
    expect(Math.abs((counts.get(i) ?? 0) / draws - share)).toBeLessThanOrEqual(4 * deviation);
  }
});

test('in 128 dimensions the weights span more than a double holds apart, and none is NaN', () => {
  const q = (d: number) => d ** 126 * (1 - d ** 2 / 4) ** 62.5;
  for (const d of [0.5, 0.9, 1.2, 1.4])
    expect(logDistanceWeight(d * d, { dimension: 128 })).toBeCloseTo(-Math.log(q(d)), 9);
  expect(logDistanceWeight(0, { dimension: 128 })).toBe(logDistanceWeight(0.25, { dimension: 128 }));
  expect(logDistanceWeight(2, { dimension: 128 })).toBe(Number.NEGATIVE_INFINITY);
  const { distances, labels } = table([0.5, 1.3]);
  const drawn = distanceWeighted(distances, labels, { random: createRandom(1), dimension: 512 });
  expect([...drawn.negative]).toEqual([2, 2]);
});

test('an anchor whose negatives are all too far gives none, and the ends of the range are checked', () => {
  const { distances, labels } = table([1.5, 1.8]);
  const random = createRandom(1);
  expect(distanceWeighted(distances, labels, { random, dimension: 8 }).anchor.length).toBe(0);
  for (const bad of [{ leastL2: 0 }, { mostL2: 2 }, { leastL2: 1.2, mostL2: 1.1 }]) {
    expect(() => distanceWeighted(distances, labels, { random, dimension: 8, ...bad })).toThrow(/0 < least ≤ most < 2/);
  }
});

test.each([0, 1 - 2 ** -32])('the ends of the random stream, as %d, draw a negative that has a weight', (number) => {
  const { distances, labels } = table([1.9, 0.7, 1.9, 1.1, 1.9]);
  const { negative } = distanceWeighted(distances, labels, { random: () => number, dimension: 8 });
  for (const row of negative) expect([3, 5]).toContain(row);
});
