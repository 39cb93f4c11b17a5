import { createRandom, gaussian } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  areaUnderRoc,
  decidability,
  equalErrorRate,
  errorCurve,
  falseMatchRate,
  falseNonMatchRate,
  tarAtFar,
} from './rates.ts';
import { type ScoredPair, scoresOf, toScores } from './scores.ts';

// few distinct distances, so that ties are common; some pairs failed
const distance = () => fc.integer({ min: 0, max: 12 }).map((step) => step / 3);
const pairs = () =>
  fc
    .tuple(
      fc.array(fc.option(distance(), { nil: undefined, freq: 8 }), { minLength: 1, maxLength: 30 }),
      fc.array(fc.option(distance(), { nil: undefined, freq: 8 }), { minLength: 1, maxLength: 30 }),
    )
    .map(([genuine, impostor]): ScoredPair[] => [
      ...genuine.map((d) => ({ same: true, ...(d === undefined ? {} : { distance: d }) })),
      ...impostor.map((d) => ({ same: false, ...(d === undefined ? {} : { distance: d }) })),
    ]);
const isAccepted = ({ same, distance }: ScoredPair, threshold: number) =>
  distance === undefined ? !same : distance <= threshold;
const share = (all: readonly ScoredPair[], holds: (pair: ScoredPair) => boolean) =>
  all.filter(holds).length / all.length;

test('rates count what the definition counts, a failed pair being wrong at every threshold', () => {
  fc.assert(
    fc.property(pairs(), fc.double({ min: 0, max: 4, noNaN: true }), (all, threshold) => {
      const genuine = all.filter(({ same }) => same);
      const impostor = all.filter(({ same }) => !same);
      const scores = scoresOf(all);
      expect(falseMatchRate(scores, threshold)).toBeCloseTo(
        share(impostor, (p) => isAccepted(p, threshold)),
        12,
      );
      expect(falseNonMatchRate(scores, threshold)).toBeCloseTo(
        share(genuine, (p) => !isAccepted(p, threshold)),
        12,
      );
    }),
  );
});

test('along the curve FMR never falls and FNMR never rises, and each point has the rates of its threshold', () => {
  fc.assert(
    fc.property(pairs(), (all) => {
      const scores = scoresOf(all);
      const curve = errorCurve(scores);
      for (const [index, { threshold, fmr, fnmr }] of curve.entries()) {
        expect(fmr).toBeCloseTo(falseMatchRate(scores, threshold), 12);
        expect(fnmr).toBeCloseTo(falseNonMatchRate(scores, threshold), 12);
        expect(fmr).toBeGreaterThanOrEqual(curve[index - 1]?.fmr ?? 0);
        expect(fnmr).toBeLessThanOrEqual(curve[index - 1]?.fnmr ?? 1);
      }
      expect(curve.at(-1)!.fmr).toBe(1);
    }),
  );
});

test('AUC is the share of genuine–impostor couples in the right order, ties ½, and the area under the drawn ROC', () => {
  fc.assert(
    fc.property(pairs(), (all) => {
      const scores = scoresOf(all);
      let won = 0;
      for (const g of scores.genuine) for (const i of scores.impostor) won += g < i ? 1 : g === i ? 0.5 : 0;
      expect(areaUnderRoc(scores)).toBeCloseTo(won / (scores.genuine.length * scores.impostor.length), 12);
      const curve = errorCurve(scores);
      const area = curve
        .slice(1)
        .reduce((sum, { fmr, fnmr }, k) => sum + ((fmr - curve[k]!.fmr) * (2 - fnmr - curve[k]!.fnmr)) / 2, 0);
      expect(areaUnderRoc(scores)).toBeCloseTo(area, 12);
    }),
  );
});

test('EER lies on the line between the two points where the rates change places', () => {
  fc.assert(
    fc.property(pairs(), (all) => {
      const curve = errorCurve(scoresOf(all));
      const eer = equalErrorRate(scoresOf(all));
      const onSegment = curve.some((after, k) => {
        const before = curve[k - 1] ?? after;
        if (before.fmr > before.fnmr || after.fmr < after.fnmr) return false;
        // (eer, eer) on the segment: inside its box, and no area between
        const area = (after.fmr - before.fmr) * (eer - before.fnmr) - (after.fnmr - before.fnmr) * (eer - before.fmr);
        return Math.abs(area) < 1e-9 && eer >= before.fmr - 1e-9 && eer <= after.fmr + 1e-9;
      });
      expect(onSegment).toBe(true);
    }),
  );
});

test('TAR@FAR is the best TAR among all thresholds that hold the FAR, 0 where none does', () => {
  fc.assert(
    fc.property(pairs(), fc.constantFrom(0.01, 0.1, 0.25, 0.5), (all, far) => {
      const scores = scoresOf(all);
      const holding = errorCurve(scores).filter(({ fmr }) => fmr <= far + 1e-12);
      const best = holding.reduce((most, { fnmr }) => Math.max(most, 1 - fnmr), 0);
      const found = tarAtFar(scores, far);
      expect(found.tar).toBeCloseTo(best, 12);
      if (holding.length > 0) {
        expect(falseMatchRate(scores, found.threshold)).toBeLessThanOrEqual(far + 1e-12);
        expect(1 - falseNonMatchRate(scores, found.threshold)).toBeCloseTo(best, 12);
      }
    }),
  );
});

test('TAR@FAR is resolved from ten expected false accepts on', () => {
  const impostor = Array.from({ length: 3000 }, (_, k) => 1 + k / 3000);
  expect(tarAtFar(toScores([0.5], impostor), 0.01).resolved).toBe(true);
  expect(tarAtFar(toScores([0.5], impostor), 0.001).resolved).toBe(false);
  expect(tarAtFar(toScores([0.5], impostor.slice(0, 1000)), 0.01).resolved).toBe(true);
});

test('a failure costs: failing a pair never betters any measure', () => {
  fc.assert(
    fc.property(pairs(), fc.nat(), (all, pick) => {
      const spoiled = all.with(pick % all.length, { same: all[pick % all.length]!.same });
      const [before, after] = [scoresOf(all), scoresOf(spoiled)];
      expect(areaUnderRoc(after)).toBeLessThanOrEqual(areaUnderRoc(before) + 1e-12);
      expect(tarAtFar(after, 0.25).tar).toBeLessThanOrEqual(tarAtFar(before, 0.25).tar + 1e-12);
      expect(equalErrorRate(after)).toBeGreaterThanOrEqual(equalErrorRate(before) - 1e-12);
    }),
  );
});

test('two unit normals two apart have the textbook values', () => {
  const random = createRandom(3);
  const draw = (mean: number) => Array.from({ length: 40_000 }, () => mean + gaussian(random));
  const scores = toScores(draw(0), draw(2));
  expect(decidability(scores)).toBeCloseTo(2, 1);
  expect(equalErrorRate(scores)).toBeCloseTo(0.1587, 2); // Φ(−1)
  expect(areaUnderRoc(scores)).toBeCloseTo(0.9214, 2); // Φ(√2)
});
