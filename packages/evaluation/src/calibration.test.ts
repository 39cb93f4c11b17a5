import { createRandom, gaussian } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  calibrationCost,
  fitIsotonic,
  fitLogistic,
  isotonicProbabilityAt,
  logLikelihoodCost,
  minLogLikelihoodCost,
} from './calibration.ts';
import { probabilityAt } from './decision.ts';
import { measureReliability } from './reliability.ts';
import { toScores } from './scores.ts';

const distances = () =>
  fc.array(
    fc.integer({ min: 0, max: 16 }).map((step) => step / 4),
    { minLength: 1, maxLength: 25 },
  );
const scores = () => fc.tuple(distances(), distances()).map(([genuine, impostor]) => toScores(genuine, impostor));

function normals({ genuine, impostor }: { genuine: number; impostor: number }, seed: number) {
  const random = createRandom(seed);
  const draw = (count: number, mean: number) => Array.from({ length: count }, () => mean + 0.25 * gaussian(random));
  return toScores(draw(genuine, 0.5), draw(impostor, 1.5));
}

test('a log-likelihood ratio of 0 costs exactly 1 bit, the truth nothing, a lie more than 1', () => {
  expect(logLikelihoodCost(new Float64Array(7), new Float64Array(31))).toBe(1);
  expect(logLikelihoodCost([Number.POSITIVE_INFINITY], [Number.NEGATIVE_INFINITY])).toBe(0);
  expect(logLikelihoodCost([-2], [2])).toBeGreaterThan(1);
});

test('the logistic fit finds the curve of two normals, whatever the numbers of each kind', () => {
  // equal variances σ²: the log-likelihood ratio is −(μi − μg)/σ² · d + (μi² − μg²)/(2σ²) = −16 d + 16
  for (const counts of [
    { genuine: 20_000, impostor: 20_000 },
    { genuine: 2_000, impostor: 60_000 },
  ]) {
    const { slope, intercept } = fitLogistic(normals(counts, 5));
    expect(Math.abs(slope + 16)).toBeLessThan(1.2);
    expect(Math.abs(-intercept / slope - 1)).toBeLessThan(0.02);
  }
});

test('at the fit the loss has no slope: stated and true shares agree in mean, for both kinds alike', () => {
  fc.assert(
    fc.property(scores(), ({ genuine, impostor }) => {
      const curve = fitLogistic({ genuine, impostor });
      const mean = (kind: Float64Array, of: (d: number) => number) =>
        kind.reduce((sum, d) => sum + of(d), 0) / kind.length;
      const yes = (genuine.length + 1) / (genuine.length + 2);
      const no = 1 / (impostor.length + 2);
      for (const moment of [() => 1, (d: number) => d]) {
        const gap =
          mean(genuine, (d) => (probabilityAt(curve, d) - yes) * moment(d)) +
          mean(impostor, (d) => (probabilityAt(curve, d) - no) * moment(d));
        expect(Math.abs(gap)).toBeLessThan(1e-5);
      }
    }),
  );
});

test('kinds that do not overlap still get a finite curve that falls', () => {
  const { slope, intercept } = fitLogistic(toScores([0.1, 0.2, 0.3], [1.1, 1.2, 1.3, 1.4]));
  expect(slope).toBeLessThan(0);
  expect(Number.isFinite(slope) && Number.isFinite(intercept)).toBe(true);
});

test('the isotonic curve never rises with distance and no other falling curve on the data is nearer', () => {
  fc.assert(
    fc.property(
      scores(),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 17, maxLength: 17 }),
      (all, rival) => {
        const curve = fitIsotonic(all);
        for (let k = 1; k < curve.values.length; k++) expect(curve.values[k]!).toBeLessThan(curve.values[k - 1]!);
        const falling = [...rival].sort((a, b) => b - a);
        const loss = (at: (d: number) => number) =>
          all.genuine.reduce((sum, d) => sum + (1 - at(d)) ** 2, 0) / all.genuine.length +
          all.impostor.reduce((sum, d) => sum + at(d) ** 2, 0) / all.impostor.length;
        const own = loss((d) => isotonicProbabilityAt(curve, d));
        expect(own).toBeLessThanOrEqual(loss((d) => falling[Math.round(d * 4)]!) + 1e-9);
      },
    ),
  );
});

test('equally likely blocks are one, also where their shares are no round numbers', () => {
  const { distances, values } = fitIsotonic(toScores([0, 0.25, 0.5, 0.75, 1], [0.25, 0.5, 0.75]));
  // the pair of 1 pools with all that is no more likely: 4 of 5 genuine against 3 of 3
  expect([...distances]).toEqual([0, 0.25]);
  expect(values[0]).toBe(1);
  expect(values[1]).toBeCloseTo(0.8 / 1.8, 12);
});

test('minCllr is a floor: between 0 and 1, never above the cost of a fitted logistic curve', () => {
  fc.assert(
    fc.property(scores(), (all) => {
      const floor = minLogLikelihoodCost(all);
      expect(floor).toBeGreaterThanOrEqual(0);
      expect(floor).toBeLessThanOrEqual(1 + 1e-12);
      const fitted = fitLogistic(all);
      if (fitted.slope <= 0) expect(floor).toBeLessThanOrEqual(calibrationCost(all, fitted) + 1e-9);
    }),
  );
});

test('reliability on fresh draws of the fitted curve is good, of an exaggerated one it is not', () => {
  const fitted = fitLogistic(normals({ genuine: 8_000, impostor: 8_000 }, 11));
  const fresh = normals({ genuine: 4_000, impostor: 40_000 }, 12);
  const reliabilityOf = (curve: typeof fitted) =>
    measureReliability(
      fresh.genuine.map((d) => probabilityAt(curve, d)),
      fresh.impostor.map((d) => probabilityAt(curve, d)),
    );
  const good = reliabilityOf(fitted);
  expect(good.ece).toBeLessThan(0.01);
  const timid = reliabilityOf({ slope: fitted.slope / 8, intercept: fitted.intercept / 8 });
  expect(timid.ece).toBeGreaterThan(0.1);
  expect(timid.brier).toBeGreaterThan(good.brier);
});

test('reliability bins hold all weight once, and always saying ½ has no calibration error and a Brier score of ¼', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }),
      (genuine, impostor) => {
        const { bins, ece, brier } = measureReliability(genuine, impostor);
        expect(bins.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
        expect(bins.reduce((sum, { pairs }) => sum + pairs, 0)).toBe(genuine.length + impostor.length);
        expect(bins.reduce((sum, { weight, observed }) => sum + weight * observed, 0)).toBeCloseTo(0.5, 9);
        expect(bins.length).toBeLessThanOrEqual(15);
        expect(ece).toBeLessThanOrEqual(1);
        const naive =
          genuine.reduce((sum, p) => sum + (1 - p) ** 2, 0) / genuine.length / 2 +
          impostor.reduce((sum, p) => sum + p ** 2, 0) / impostor.length / 2;
        expect(brier).toBeCloseTo(naive, 9);
      },
    ),
  );
  expect(measureReliability([0.5, 0.5], [0.5])).toMatchObject({ ece: 0, brier: 0.25 });
});
