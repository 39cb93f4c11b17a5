import { createRandom, FaceError, gaussian, l2Normalize, type Random, squaredL2 } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { heldRate, operatingPointAt, perComparisonRate, probabilityAt } from './decision.ts';
import { thresholdFor } from './operating-points.ts';

const table = {
  measuredOn: 'a made-up table',
  points: [
    { fmr: 1e-1, threshold: 1.2, fnmr: 0.01, fmrInterval: [0.09, 0.11], fnmrInterval: [0, 0.02] },
    { fmr: 1e-2, threshold: 0.9, fnmr: 0.05, fmrInterval: [0.009, 0.011], fnmrInterval: [0.04, 0.06] },
    { fmr: 1e-4, threshold: 0.5, fnmr: 0.2, fmrInterval: [0, 0.0003], fnmrInterval: [0.1, 0.3] },
  ],
} as const;

const rate = () => fc.double({ min: 1e-9, max: 0.5, noNaN: true });

test('an operating point at a measured rate is the measured one, and between two it lies on the line in log fmr', () => {
  for (const point of table.points) {
    const { fmr, threshold, fnmr } = operatingPointAt(table, point.fmr);
    expect({ fmr, threshold, fnmr }).toEqual({ fmr: point.fmr, threshold: point.threshold, fnmr: point.fnmr });
  }
  expect(operatingPointAt(table, 1e-3)).toMatchObject({ fmr: 1e-3, resolved: true, measuredOn: 'a made-up table' });
  expect(operatingPointAt(table, 1e-3).threshold).toBeCloseTo(0.7, 12);
  expect(operatingPointAt(table, 1e-3).fnmr).toBeCloseTo(0.125, 12);
});

test('beyond the smallest measured rate the strictest point is given and said to be unresolved', () => {
  expect(operatingPointAt(table, 1e-5)).toMatchObject({ fmr: 1e-4, threshold: 0.5, resolved: false });
  expect(operatingPointAt(table, 0.4)).toMatchObject({ fmr: 1e-1, threshold: 1.2, resolved: true });
});

test('a smaller rate never gets a greater threshold', () => {
  fc.assert(
    fc.property(rate(), rate(), (one, other) => {
      const [strict, loose] = one < other ? [one, other] : [other, one];
      expect(operatingPointAt(table, strict).threshold).toBeLessThanOrEqual(operatingPointAt(table, loose).threshold);
    }),
  );
});

test('perComparisonRate and heldRate undo each other, also where rates are tiny', () => {
  fc.assert(
    fc.property(rate(), fc.integer({ min: 1, max: 1_000_000 }), (whole, comparisons) => {
      expect(heldRate(perComparisonRate(whole, comparisons), comparisons) / whole).toBeCloseTo(1, 9);
    }),
  );
  expect(perComparisonRate(0.01, 1)).toBeCloseTo(0.01, 15);
  expect(perComparisonRate(1e-6, 1e6) / 1e-12).toBeCloseTo(1, 5);
});

test.each([0, 1, -0.1, Number.NaN, 2])('%s is no rate', (bad) => {
  expect(() => operatingPointAt(table, bad)).toThrow(FaceError);
  expect(() => perComparisonRate(bad, 3)).toThrow(FaceError);
  expect(() => heldRate(bad, 3)).toThrow(FaceError);
});

test.each([0, 1.5, -1, Number.NaN])('%s is no number of comparisons', (bad) => {
  expect(() => perComparisonRate(0.1, bad)).toThrow(FaceError);
});

test('a probability falls with distance and is ½ where the curve crosses', () => {
  const curve = { slope: -8, intercept: 6 };
  expect(probabilityAt(curve, 0.75)).toBeCloseTo(0.5, 12);
  expect(probabilityAt(curve, 0)).toBeGreaterThan(0.99);
  expect(probabilityAt(curve, 4)).toBeLessThan(1e-9);
});

// How verify (the nearest of k faces) and identify (the nearest of N) hold their rate: by simulation, on impostors only.
const dimension = 6;

function impostorThreshold(random: Random): (fmr: number) => number {
  const distances = Float64Array.from({ length: 100_000 }, () => squaredL2(face(random), face(random))).sort();
  return (fmr) => thresholdFor(distances, fmr);
}

function face(random: Random) {
  return l2Normalize(Array.from({ length: dimension }, () => gaussian(random)));
}

function shareAccepted(trials: number, accepted: () => boolean): number {
  let count = 0;
  for (let trial = 0; trial < trials; trial++) if (accepted()) count++;
  return count / trials;
}

test.each([1, 3, 10])('over %i independent faces the nearest holds the stated rate', (faces) => {
  const random = createRandom(7);
  const whole = 0.05;
  const threshold = impostorThreshold(random)(perComparisonRate(whole, faces));
  const held = shareAccepted(10_000, () => {
    const probe = face(random);
    return Array.from({ length: faces }, () => squaredL2(probe, face(random))).some((d) => d <= threshold);
  });
  // 0.05 ± 4 standard errors
  expect(Math.abs(held - whole)).toBeLessThan(4 * Math.sqrt((whole * (1 - whole)) / 10_000) + 0.002);
});

test('the uncorrected threshold would not hold it', () => {
  const random = createRandom(8);
  const threshold = impostorThreshold(random)(0.05);
  const held = shareAccepted(5_000, () => {
    const probe = face(random);
    return Array.from({ length: 10 }, () => squaredL2(probe, face(random))).some((d) => d <= threshold);
  });
  expect(held).toBeGreaterThan(0.3);
  expect(Math.abs(held - heldRate(0.05, 10))).toBeLessThan(0.03);
});

test('over faces of one subject, which look alike, the nearest stays below the stated rate', () => {
  const random = createRandom(9);
  const whole = 0.05;
  const threshold = impostorThreshold(random)(perComparisonRate(whole, 8));
  const held = shareAccepted(10_000, () => {
    const subject = face(random);
    const probe = face(random);
    const photos = Array.from({ length: 8 }, () => l2Normalize(subject.map((v) => v + 0.15 * gaussian(random))));
    return photos.some((photo) => squaredL2(probe, photo) <= threshold);
  });
  expect(held).toBeGreaterThan(0);
  expect(held).toBeLessThan(whole);
});
