import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestThreshold, evaluatePairs, type FoldedPair, isCorrect } from './accuracy.ts';
import { scoresOf } from './scores.ts';

const scored = (fold: number) =>
  fc
    .record({ same: fc.boolean(), step: fc.option(fc.integer({ min: 1, max: 15 }), { freq: 8 }) })
    .map(({ same, step }): FoldedPair => ({ fold, same, ...(step === null ? {} : { distance: step / 4 }) }));
const list = (folds: number) =>
  fc
    .tuple(...Array.from({ length: folds }, (_, fold) => fc.array(scored(fold), { minLength: 4, maxLength: 12 })))
    .map((all) => all.flat());
const rightAt = (pairs: readonly FoldedPair[], threshold: number) =>
  pairs.filter((pair) => isCorrect(pair, threshold)).length;

test('no threshold on a fine grid beats the best one', () => {
  fc.assert(
    fc.property(list(1), (pairs) => {
      const { threshold, correct } = bestThreshold(scoresOf(pairs));
      expect(rightAt(pairs, threshold)).toBe(correct);
      for (let grid = 0; grid <= 4; grid += 1 / 16) expect(rightAt(pairs, grid)).toBeLessThanOrEqual(correct);
    }),
  );
});

test('the best threshold is the middle of its plateau: as far from losing a pair on either side', () => {
  const at = (same: boolean, distance: number): FoldedPair => ({ fold: 0, same, distance });
  expect(bestThreshold(scoresOf([at(true, 0.5), at(false, 1.5)])).threshold).toBe(1);
  // [0.2, 0.3) and [0.6, 1) are equally good: the wider one
  const tied = [at(true, 0.2), at(false, 0.3), at(true, 0.6), at(false, 1), at(true, 0.1), at(false, 2)];
  expect(bestThreshold(scoresOf(tied)).threshold).toBeCloseTo(0.8, 12);
});

test('each fold is judged at the threshold of the others, by a second, naive walk', () => {
  fc.assert(
    fc.property(list(4), (pairs) => {
      const { folds, accuracy, standardError, stdOverFolds, thresholdFrom } = evaluatePairs(pairs);
      expect(thresholdFrom).toBe('other folds');
      const accuracies = [0, 1, 2, 3].map((fold) => {
        const { threshold } = bestThreshold(scoresOf(pairs.filter((pair) => pair.fold !== fold)));
        const own = pairs.filter((pair) => pair.fold === fold);
        expect(folds[fold]!.threshold).toBe(threshold);
        const { pairs: count, falseMatches, falseNonMatches, failures } = folds[fold]!;
        expect(count - falseMatches - falseNonMatches - failures).toBe(rightAt(own, threshold));
        return rightAt(own, threshold) / own.length;
      });
      const mean = accuracies.reduce((sum, each) => sum + each / 4, 0);
      const squares = accuracies.reduce((sum, each) => sum + (each - mean) ** 2, 0);
      expect(accuracy).toBeCloseTo(mean, 12);
      expect(standardError).toBeCloseTo(Math.sqrt(squares / 3) / 2, 12);
      expect(stdOverFolds).toBeCloseTo(Math.sqrt(squares / 4), 12);
    }),
  );
});

test('what a fold looks like never moves its own threshold', () => {
  fc.assert(
    fc.property(list(3), (pairs) => {
      const turned = pairs.map((pair) => (pair.fold === 1 ? { ...pair, same: !pair.same } : pair));
      expect(evaluatePairs(turned).folds[1]!.threshold).toBe(evaluatePairs(pairs).folds[1]!.threshold);
    }),
  );
});

test('one list alone is scored at its own threshold and says so; another list’s threshold is used as it is', () => {
  const pairs: FoldedPair[] = [
    { fold: 0, same: true, distance: 0.4 },
    { fold: 0, same: true },
    { fold: 0, same: false, distance: 1.2 },
    { fold: 0, same: false },
  ];
  expect(evaluatePairs(pairs)).toMatchObject({ thresholdFrom: 'same list', accuracy: 0.5, stdOverFolds: null });
  expect(evaluatePairs(pairs).standardError).toBeCloseTo(0.25, 12);
  const elsewhere = evaluatePairs(pairs, { threshold: 0.3 });
  expect(elsewhere).toMatchObject({ thresholdFrom: 'other list', accuracy: 0.25 });
  expect(elsewhere.folds[0]).toMatchObject({ threshold: 0.3, failures: 2, falseNonMatches: 1, falseMatches: 0 });
});

test('a random score gets half of the pairs right', () => {
  const pairs = Array.from({ length: 6000 }, (_, k) => ({
    fold: k % 10,
    same: k % 20 < 10,
    distance: ((k * 7919) % 4001) / 1000,
  }));
  expect(Math.abs(evaluatePairs(pairs).accuracy - 0.5)).toBeLessThan(0.03);
});
