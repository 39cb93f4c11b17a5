import { createRandom, FaceError } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bootstrapByIdentity, percentileInterval, resampleIdentities, wilsonInterval } from './intervals.ts';

test('Wilson: no error of 3,000 leaves up to 0.00128', () => {
  const [lower, upper] = wilsonInterval(0, 3000);
  expect(lower).toBe(0);
  expect(upper).toBeCloseTo(0.00128, 5);
});

test('Wilson holds the share, stays within [0, 1], and mirrors', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.nat(), (trials, pick) => {
      const errors = pick % (trials + 1);
      const [lower, upper] = wilsonInterval(errors, trials);
      expect(0 <= lower && lower <= errors / trials && errors / trials <= upper && upper <= 1).toBe(true);
      const [mirrorLower, mirrorUpper] = wilsonInterval(trials - errors, trials);
      expect(mirrorLower).toBeCloseTo(1 - upper, 9);
      expect(mirrorUpper).toBeCloseTo(1 - lower, 9);
    }),
  );
  expect(() => wilsonInterval(0, 0)).toThrow(FaceError);
  expect(() => wilsonInterval(3, 2)).toThrow(FaceError);
});

test('Wilson solves its own equation: at each end the share lies z standard errors away', () => {
  for (const end of wilsonInterval(7, 90)) {
    expect(Math.abs(7 / 90 - end) / Math.sqrt((end * (1 - end)) / 90)).toBeCloseTo(1.959964, 5);
  }
});

test('a resample draws as many identities as there are', () => {
  const weights = resampleIdentities(500, createRandom(1));
  expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(500);
  // (1 − 1/n)^n of them are never drawn
  expect(Math.abs(weights.filter((weight) => weight === 0).length / 500 - Math.exp(-1))).toBeLessThan(0.1);
});

test('the bootstrap is the same for the same seed, and wide when one person makes all the errors', () => {
  const spread = Array.from({ length: 400 }, (_, k) => ({ one: k, other: k, error: k % 10 === 0 }));
  const clumped = Array.from({ length: 400 }, (_, k) => ({
    one: Math.floor(k / 40),
    other: Math.floor(k / 40),
    error: k < 40,
  }));
  expect(bootstrapByIdentity(spread, { seed: 4 })).toEqual(bootstrapByIdentity(spread, { seed: 4 }));
  const width = ([lower, upper]: readonly [number, number]) => upper - lower;
  expect(width(bootstrapByIdentity(clumped))).toBeGreaterThan(3 * width(bootstrapByIdentity(spread)));
  // 400 people, 10 % errors: near Wilson's
  const [lower, upper] = bootstrapByIdentity(spread);
  const [wilsonLower, wilsonUpper] = wilsonInterval(40, 400);
  expect(Math.abs(lower - wilsonLower)).toBeLessThan(0.01);
  expect(Math.abs(upper - wilsonUpper)).toBeLessThan(0.01);
});

test('a percentile interval lies between order statistics', () => {
  expect(percentileInterval(Float64Array.from({ length: 201 }, (_, k) => 200 - k))).toEqual([5, 195]);
  expect(percentileInterval(Float64Array.of(3))).toEqual([3, 3]);
});
