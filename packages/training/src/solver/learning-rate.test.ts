import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { learningRate } from './learning-rate.ts';
import type { LearningRatePolicy } from './learning-rate-policy.ts';
import { solverOf } from './solver-of.ts';

const rateOf = (policy: LearningRatePolicy, iteration: number, { baseLr = 0.01, maxIterations = 10_000_000 } = {}) =>
  learningRate(solverOf({ baseLr, maxIterations, policy }), iteration);

test.each<[LearningRatePolicy, number, number]>([
  [{ kind: 'fixed' }, 5_000_000, 0.01],
  [{ kind: 'step', gamma: 0.96, stepSize: 320_000 }, 0, 0.01],
  [{ kind: 'step', gamma: 0.96, stepSize: 320_000 }, 319_999, 0.01],
  [{ kind: 'step', gamma: 0.96, stepSize: 320_000 }, 320_000, 0.0096],
  [{ kind: 'step', gamma: 0.96, stepSize: 320_000 }, 640_000, 0.009216],
  [{ kind: 'step', gamma: 0.1, stepSize: 1000 }, 2999, 0.0001],
  [{ kind: 'exp', gamma: 0.5 }, 3, 0.00125],
  [{ kind: 'inv', gamma: 1e-4, power: 0.75 }, 10_000, 0.005946036],
  [{ kind: 'multistep', gamma: 0.1, stepValues: [5, 8] }, 4, 0.01],
  [{ kind: 'multistep', gamma: 0.1, stepValues: [5, 8] }, 5, 0.001],
  [{ kind: 'multistep', gamma: 0.1, stepValues: [5, 8] }, 8, 0.0001],
  [{ kind: 'sigmoid', gamma: 0.1, stepSize: 100 }, 100, 0.005],
])('%j at %d gives %d', (policy, iteration, rate) => {
  expect(rateOf(policy, iteration)).toBeCloseTo(rate, 9);
});

test('poly and cosine end with the run, and stay there', () => {
  const poly = (iteration: number) => rateOf({ kind: 'poly', power: 0.5 }, iteration, { maxIterations: 2_400_000 });
  expect(poly(1_200_000)).toBeCloseTo(0.0070711, 7);
  expect([poly(2_400_000), poly(2_400_001)]).toEqual([0, 0]);
  const cosine = (iteration: number) =>
    rateOf({ kind: 'cosine', least: 0.1 }, iteration, { baseLr: 2, maxIterations: 100 });
  expect([0, 50, 100, 150].map(cosine)).toEqual([2, expect.closeTo(1.1, 12), expect.closeTo(0.2, 12), cosine(100)]);
});

test('a sigmoid rises for a gamma above 0 and falls below', () => {
  const at = (gamma: number, iteration: number) => rateOf({ kind: 'sigmoid', gamma, stepSize: 10 }, iteration);
  expect(at(0.5, 20)).toBeGreaterThan(at(0.5, 10));
  expect(at(-0.5, 20)).toBeLessThan(at(-0.5, 10));
});

test('a warm-up rises in a line to what the policy says', () => {
  const warm = (from?: number) =>
    solverOf({
      ...{ baseLr: 1, maxIterations: 100 },
      warmUp: { iterations: 4, ...(from === undefined ? {} : { from }) },
    });
  expect([0, 1, 2, 3, 4, 5].map((iteration) => learningRate(warm(), iteration))).toEqual([0.25, 0.5, 0.75, 1, 1, 1]);
  expect([0, 3, 4].map((iteration) => learningRate(warm(0.6), iteration))).toEqual([0.7, 1, 1]);
});

describe('the settings of a solver', () => {
  test('are filled in as Caffe fills them in', () => {
    expect(solverOf({ baseLr: 0.1, maxIterations: 10 })).toEqual({
      ...{ baseLr: 0.1, maxIterations: 10, type: 'SGD', policy: { kind: 'fixed' } },
      ...{ momentum: 0, momentum2: 0.999, rmsDecay: 0.99, delta: 1e-8, weightDecay: 0, regularization: 'L2' },
      ...{ iterationSize: 1, averageLoss: 1, display: 0, testInterval: 0, testIterations: 0, snapshotInterval: 0 },
      seed: 1,
    });
    expect(solverOf({ baseLr: 0.1, maxIterations: 10, type: 'AdamW' }).momentum).toBe(0.9);
  });

  test.each([
    [{ baseLr: 0 }, 'baseLr is 0, expected a number above 0'],
    [{ baseLr: Number.NaN }, 'baseLr is NaN'],
    [{ momentum: 1 }, 'momentum is 1'],
    [{ type: 'AdaGrad', momentum: 0.9 }, 'momentum is 0.9, expected 0 for AdaGrad'],
    [{ type: 'Adagrad' }, 'type is Adagrad, expected one of SGD'],
    [{ regularization: 'L3' }, 'regularization is L3'],
    [{ clipGradients: 0 }, 'clipGradients is 0'],
    [{ clipGradients: '1' }, 'clipGradients is 1'],
    [{ emaDecay: 1 }, 'emaDecay is 1'],
    [{ iterationSize: 0 }, 'iterationSize is 0, expected a whole number from 1'],
    [{ maxIterations: 1.5 }, 'maxIterations is 1.5'],
    [{ display: -1 }, 'display is -1'],
    [{ warmUp: { iterations: 1.5 } }, 'warmUp.iterations is 1.5'],
    [{ warmUp: { iterations: 5, from: 2 } }, 'warmUp.from is 2'],
    [{ policy: { kind: 'toString' } }, 'policy is toString, expected one of fixed'],
    [{ policy: { kind: 'step', gamma: 0.1 } }, 'policy.stepSize is missing'],
    [{ policy: { kind: 'multistep', gamma: 0.1, stepValues: [5, 5] } }, 'policy.stepValues is 5, 5'],
    [{ policy: { kind: 'multistep', gamma: 0.1, stepValues: [] } }, 'policy.stepValues is'],
    [{ policy: { kind: 'cosine', least: 2 } }, 'policy.least is 2'],
  ])('that are wrong are refused: %j', (wrong, message) => {
    const settings = { baseLr: 0.1, maxIterations: 10, ...wrong } as Parameters<typeof solverOf>[0];
    expect(() => solverOf(settings)).toThrow(
      expect.objectContaining({ code: 'SOLVER_INVALID', message: expect.stringContaining(message) }),
    );
  });
});

test('falling policies never rise', () => {
  const falling: readonly LearningRatePolicy[] = [
    { kind: 'step', gamma: 0.5, stepSize: 7 },
    { kind: 'exp', gamma: 0.99 },
    { kind: 'inv', gamma: 0.01, power: 0.75 },
    { kind: 'multistep', gamma: 0.1, stepValues: [10, 20, 90] },
    { kind: 'poly', power: 2 },
    { kind: 'cosine' },
  ];
  fc.assert(
    fc.property(fc.constantFrom(...falling), fc.nat(120), (policy, iteration) => {
      const [now, next] = [0, 1].map((more) => rateOf(policy, iteration + more, { maxIterations: 100 }));
      expect(next).toBeLessThanOrEqual(now!);
    }),
  );
});
