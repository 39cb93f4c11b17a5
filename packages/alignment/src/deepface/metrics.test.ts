import { createRandom, randomInteger } from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepfaceFeatures } from './features.ts';
import {
  innerProductDistance,
  learnChiSquareWeights,
  learnSiamese,
  siameseDistance,
  weightedChiSquare,
} from './metrics.ts';
import type { FacePairs } from './pair-terms.ts';

const feature = fc
  .array(fc.float({ min: 0, max: 4, noNaN: true }), { minLength: 5, maxLength: 5 })
  .map((values) => deepfaceFeatures(Float32Array.of(1, ...values), new Float32Array(6).fill(1)));

describe.each([
  ['inner product', innerProductDistance, 1],
  ['χ²', weightedChiSquare, 2 * Math.sqrt(6)],
  ['Siamese', siameseDistance, 2 * Math.sqrt(6)],
] as const)('%s', (_, distance, most) => {
  test('is 0 for the same, the same both ways, and within its bounds', () => {
    fc.assert(
      fc.property(feature, feature, (one, other) => {
        expect(distance(one, one)).toBeCloseTo(0, 5);
        expect(distance(one, other)).toBe(distance(other, one));
        expect(distance(one, other)).toBeGreaterThanOrEqual(-1e-6);
        expect(distance(one, other)).toBeLessThanOrEqual(most + 1e-6);
      }),
    );
  });

  test('refuses features of two lengths', () => {
    expect(() => distance([1, 0], [1])).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

test('χ² and Siamese weigh each number, and 0 with 0 is no distance', () => {
  expect(weightedChiSquare([3, 0, 1], [1, 0, 0], { weights: [2, 5, 7] })).toBe(2 * (4 / 4) + 7);
  expect(siameseDistance([3, 0, 1], [1, 0, 0], { weights: [2, 5, 7] })).toBe(2 * 2 + 7);
});

/** Faces of people that differ in the first half of their numbers; the second half is chance. */
function people({ count, perPerson, dimension }: { count: number; perPerson: number; dimension: number }) {
  const random = createRandom(9);
  const half = dimension / 2;
  const own = Array.from({ length: count * half }, () => randomInteger(random, 2));
  const faces = count * perPerson;
  const activations = Float32Array.from({ length: faces * dimension }, (_, at) => {
    const [face, k] = [Math.floor(at / dimension), at % dimension];
    return k < half ? own[(face % count) * half + k]! + 0.1 * random() : 2 * random();
  });
  return { features: deepfaceFeatures(activations, new Float32Array(dimension).fill(1)), faces, count };
}

const dimension = 16;
const { features, faces, count } = people({ count: 12, perPerson: 6, dimension });

function pairsOf(size: number, seed: number): FacePairs {
  const random = createRandom(seed);
  const one = Int32Array.from({ length: size }, () => randomInteger(random, faces));
  const other = one.map((face, i) =>
    i % 2 === 0
      ? (face + count * (1 + randomInteger(random, 4))) % faces
      : (face + 1 + randomInteger(random, 10)) % faces,
  );
  return { one, other, isGenuine: Uint8Array.from(one, (face, i) => Number(face % count === other[i]! % count)) };
}

describe.each([
  ['χ² weights', learnChiSquareWeights, weightedChiSquare],
  ['Siamese α', learnSiamese, siameseDistance],
] as const)('learned %s', (_, learn, distance) => {
  const { weights, threshold } = learn(features, pairsOf(300, 1), { dimension });
  const at = (face: number) => features.subarray(face * dimension, (face + 1) * dimension);

  test('tell other pairs apart better than equal weights do', () => {
    const { one, other, isGenuine } = pairsOf(200, 2);
    const right = [...isGenuine].filter(
      (genuine, i) => distance(at(one[i]!), at(other[i]!), { weights }) < threshold === Boolean(genuine),
    ).length;
    const equal = [...one].map((face, i) => distance(at(face), at(other[i]!)));
    const best = Math.max(...equal.map((limit) => equal.filter((d, i) => d <= limit === Boolean(isGenuine[i])).length));
    expect(right / 200).toBeGreaterThan(0.9);
    expect(right).toBeGreaterThan(best);
  });

  test('are small where features are chance', () => {
    const mean = (part: Float64Array) => part.reduce((sum, weight) => sum + Math.abs(weight), 0) / part.length;
    expect(mean(weights.subarray(0, dimension / 2))).toBeGreaterThan(2 * mean(weights.subarray(dimension / 2)));
  });

  test.each([
    ['a face that is not there', { one: [0, 1], other: [1, faces], isGenuine: [1, 0] }],
    ['pairs of one kind', { one: [0, 1], other: [1, 2], isGenuine: [0, 0] }],
    ['lists of two lengths', { one: [0], other: [1, 2], isGenuine: [0, 1] }],
  ])('refuse %s', (_what, { one, other, isGenuine }) => {
    const pairs = { one: Int32Array.from(one), other: Int32Array.from(other), isGenuine: Uint8Array.from(isGenuine) };
    expect(() => learn(features, pairs, { dimension })).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
