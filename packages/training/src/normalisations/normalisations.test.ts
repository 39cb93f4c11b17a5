import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FixedNormalisation, fixedNormalisations, normalizeFixed } from './fixed.ts';
import { minMax, perImage, unitLength, zScore } from './own-statistics.ts';

const lists = (least = 1) =>
  fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: least, maxLength: 60 });
const meanOf = (list: ArrayLike<number>) => Array.from(list).reduce((sum, value) => sum + value, 0) / list.length;
const deviationOf = (list: ArrayLike<number>) => {
  const mean = meanOf(list);
  return Math.sqrt(meanOf(Array.from(list, (value) => (value - mean) ** 2)));
};

describe('by what the numbers themselves are', () => {
  test('a worked example of each', () => {
    expect([...minMax([2, 4, 10])]).toEqual([0, 0.25, 1]);
    // mean 5, deviation 2
    expect([...zScore([2, 4, 4, 4, 5, 5, 7, 9])]).toEqual([-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2]);
    expect([...perImage([2, 4, 4, 4, 5, 5, 7, 9])]).toEqual([-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2]);
    expect([...unitLength([3, 0, -4])]).toEqual([Math.fround(0.6), 0, Math.fround(-0.8)]);
  });

  test('min-max spans exactly 0 to 1 and keeps the order', () => {
    fc.assert(
      fc.property(lists(), (list) => {
        const result = minMax(list);
        const isFlat = list.every((value) => value === list[0]);
        expect(Math.min(...result)).toBe(0);
        expect(Math.max(...result)).toBe(isFlat ? 0 : 1);
        for (let i = 1; i < list.length; i++)
          if (list[i]! >= list[i - 1]!) expect(result[i]!).toBeGreaterThanOrEqual(result[i - 1]!);
      }),
    );
  });

  test('z-scores have mean 0, deviation 1 and lie in the range they promise', () => {
    fc.assert(
      fc.property(lists(2), (list) => {
        fc.pre(deviationOf(list) > 1e-3);
        const result = zScore(list);
        expect(meanOf(result)).toBeCloseTo(0, 5);
        expect(deviationOf(result)).toBeCloseTo(1, 5);
        const most = Math.sqrt(list.length - 1) * (1 + 1e-6);
        expect(Math.max(...result.map(Math.abs))).toBeLessThanOrEqual(most);
      }),
    );
  });

  test('shift and scale of the numbers change neither, but for the sign', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: -50, max: 50 }), fc.constantFrom(0.5, 2, 8), (list, shift, scale) => {
        const moved = list.map((value) => value * scale + shift);
        for (const normalise of [minMax, zScore]) {
          const [one, other] = [normalise(list), normalise(moved)];
          for (let i = 0; i < list.length; i++) expect(other[i]!).toBeCloseTo(one[i]!, 5);
        }
      }),
    );
  });

  test.each([
    ['bytes', [7, 7, 7]],
    ['odd numbers', Array(1000).fill(0.1)],
    ['large numbers', Array(999).fill(1e30 / 3)],
    ['one number', [-3]],
    ['no number', []],
  ] as const)('%s without deviation become 0, and none NaN', (_, list) => {
    for (const normalise of [minMax, zScore, perImage]) {
      expect([...normalise(list as readonly number[])]).toEqual(list.map(() => 0));
    }
  });

  test('of an image almost plain, the deviation counts as 1/√n', () => {
    const [n, step] = [400, 0.01];
    const pixels = Array.from({ length: n }, (_, i) => 100 + (i % 2) * step);
    // half the step on both sides of the mean, times √n
    const result = perImage(pixels);
    expect(result[0]!).toBeCloseTo((-step / 2) * Math.sqrt(n), 6);
    expect(result[1]!).toBeCloseTo((step / 2) * Math.sqrt(n), 6);
    expect(zScore(pixels)[1]!).toBeCloseTo(1, 5);
  });

  test('vectors get length 1, those without length stay', () => {
    fc.assert(
      fc.property(lists(), (list) => {
        fc.pre(Math.hypot(...list) > 1e-6);
        expect(Math.hypot(...unitLength(list))).toBeCloseTo(1, 5);
      }),
    );
    expect([...unitLength([0, 0])]).toEqual([0, 0]);
    expect(unitLength([1e-12, 0])[0]!).toBeCloseTo(0.01, 8);
  });
});

describe('by fixed numbers', () => {
  test.each([
    ['facenet', [-127.5 / 128, -127.5 / 128, -127.5 / 128], [127.5 / 128, 127.5 / 128, 127.5 / 128]],
    ['arcface', [-1, -1, -1], [1, 1, 1]],
    ['dlib', [-122.782 / 256, -117.001 / 256, -104.298 / 256], [132.218 / 256, 137.999 / 256, 150.702 / 256]],
    ['caffe', [-104, -117, -123], [151, 138, 132]],
  ] as const)('%s takes black and white to the ends of its range', (name, black, white) => {
    const result = normalizeFixed(Uint8Array.of(0, 0, 0, 255, 255, 255), fixedNormalisations[name]);
    [...black, ...white].forEach((value, i) => {
      expect(result[i]!).toBeCloseTo(value, 6);
    });
  });

  test('caffe has blue first', () => {
    const [red, green, blue, nextRed, nextGreen, nextBlue] = [10, 20, 30, 40, 50, 60];
    const result = normalizeFixed([red, green, blue, nextRed, nextGreen, nextBlue], fixedNormalisations.caffe);
    expect([...result]).toEqual([30 - 104, 20 - 117, 10 - 123, 60 - 104, 50 - 117, 40 - 123]);
  });

  test('any number of channels, means of all, scales of each', () => {
    expect([...normalizeFixed([1, 2, 3, 4], { mean: 1, scale: [1, 2] })]).toEqual([0, 0.5, 2, 1.5]);
    expect([...normalizeFixed([1, 2, 3], { mean: 1, scale: 2 })]).toEqual([0, 0.5, 1]);
  });

  test.each<[string, readonly number[], FixedNormalisation]>([
    ['pixels of other channels', [1, 2, 3, 4], fixedNormalisations.dlib],
    ['blue first of two channels', [1, 2, 3, 4], { mean: 0, scale: 1, order: 'bgr' }],
    ['as many means as no scales', [1, 2], { mean: [1, 2], scale: [1] }],
    ['no means', [1, 2], { mean: [], scale: 1 }],
    ['a scale of 0', [1, 2], { mean: 0, scale: 0 }],
    ['a scale that is no number', [1, 2], { mean: 0, scale: Number.NaN }],
    ['a mean without end', [1, 2], { mean: Number.POSITIVE_INFINITY, scale: 1 }],
  ])('refuses %s', (_, pixels, normalisation) => {
    expect(() => normalizeFixed(pixels, normalisation)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
