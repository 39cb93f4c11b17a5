import type { DecisionTable } from '@kith/evaluation';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide, thresholdFor } from './decide.ts';

const space = { model: 'm', preprocessing: 'p', dimension: 2 };
const decisions: DecisionTable = {
  space,
  measuredOn: 'a made-up table',
  command: '',
  date: '2026-01-01',
  images: 2,
  identities: 2,
  failuresToEnroll: 0,
  genuinePairs: 1,
  impostorPairs: 1,
  points: [1e-1, 1e-2, 1e-3, 1e-4].map((fmr, i) => ({
    fmr,
    threshold: 1 - i / 5,
    fnmr: i / 10,
    fmrInterval: [fmr, fmr],
    fnmrInterval: [0, 1],
  })),
  calibration: { slope: -10, intercept: 5 },
};
const rates = fc.double({ min: 1e-4, max: 0.1, noNaN: true });
const counts = fc.integer({ min: 1, max: 1000 });

test('the rate held as a whole is the rate asked for wherever the data resolve it', () => {
  fc.assert(
    fc.property(rates, counts, (rate, comparisons) => {
      const { held, resolved, operatingPoint } = thresholdFor({ decisions }, rate, { comparisons });
      // the chance that at least one of so many independent comparisons is falsely accepted
      const whole = 1 - (1 - operatingPoint.fmr) ** comparisons;
      expect(held).toBeCloseTo(whole, 9);
      if (resolved) expect(held).toBeCloseTo(rate, 9);
      else expect(held).toBeGreaterThan(rate);
    }),
  );
});

test('more comparisons never loosen the threshold', () => {
  fc.assert(
    fc.property(rates, counts, counts, (rate, one, other) => {
      const [few, many] = one < other ? [one, other] : [other, one];
      const at = (comparisons: number) => thresholdFor({ decisions }, rate, { comparisons }).operatingPoint.threshold;
      expect(at(many)).toBeLessThanOrEqual(at(few));
    }),
  );
});

test('a distance on the threshold is accepted, one beyond is not, and likeness falls with distance', () => {
  const { threshold } = thresholdFor({ decisions }, 0.01).operatingPoint;
  const at = (distance: number) => decide({ decisions, space }, distance, { rate: 0.01 });
  expect(at(threshold).accepted).toBe(true);
  expect(at(threshold + 1e-9).accepted).toBe(false);
  expect(at(0.1).probability).toBeGreaterThan(at(0.9).probability);
  expect(at(0.5).probability).toBeCloseTo(0.5, 9);
  // beyond what any calibration data tells
  expect([at(0).probability, at(4).probability]).toEqual([0.9933, 0.0001]);
});
