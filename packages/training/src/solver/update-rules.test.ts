import { expect, test } from 'vitest';
import type { SolverConfig } from './solver-config.ts';
import { solverOf } from './solver-of.ts';
import { type Multiplier, updateParameters, updateRules } from './update-rules.ts';

type Settings = Partial<SolverConfig> & { readonly multiplier?: Multiplier };

/** What becomes of one weight, gradient by gradient. */
function weightsOf(start: number, gradients: readonly number[], { multiplier = {}, ...settings }: Settings): number[] {
  const config = solverOf({ baseLr: 0.1, maxIterations: 100, ...settings });
  const weights = Float64Array.of(start);
  const slots = updateRules[config.type].slots.map(() => new Float64Array(1));
  return gradients.map((gradient, iteration) => {
    updateParameters([{ weights, gradient: Float64Array.of(gradient), slots, multiplier }], { config, iteration });
    return weights[0]!;
  });
}

const close = (numbers: readonly number[]) => numbers.map((value) => expect.closeTo(value, 10));

test('momentum: a velocity of 9 and a step of 3 make 11.1', () => {
  const config = solverOf({ baseLr: 1, maxIterations: 10, momentum: 0.9 });
  const memory = [9];
  expect(updateRules.SGD.step(3, memory, { rate: 1, iteration: 0, config })).toBeCloseTo(11.1, 12);
});

test('SGD, by hand', () => {
  // V: 0.1, 0.9·0.1 + 0.2, 0.9·0.29 − 0.1
  expect(weightsOf(1, [1, 2, -1], { momentum: 0.9 })).toEqual(close([0.9, 0.61, 0.449]));
  expect(weightsOf(2, [1], { weightDecay: 0.5 })).toEqual(close([1.8]));
  expect(weightsOf(-2, [1], { weightDecay: 0.5, regularization: 'L1' })).toEqual(close([-2.05]));
  expect(weightsOf(2, [1], { weightDecay: 0.5, multiplier: { rate: 2, decay: 0 } })).toEqual(close([1.8]));
  expect(weightsOf(2, [1], { weightDecay: 0.5, multiplier: { rate: 0 } })).toEqual([2]);
});

test('the rate is inside the velocity: when it falls to nothing, the weight still rolls on', () => {
  const policy = { kind: 'multistep', gamma: 1e-9, stepValues: [1] } as const;
  expect(weightsOf(1, [1, 0, 0], { momentum: 0.5, policy })).toEqual(close([0.9, 0.85, 0.825]));
});

test('Nesterov, by hand', () => {
  // V: 0.1, 0.15; steps 1.5·0.1, 1.5·0.15 − 0.5·0.1
  expect(weightsOf(1, [1, 1], { type: 'Nesterov', momentum: 0.5 })).toEqual(close([0.85, 0.675]));
});

test('AdaGrad, RMSProp and AdaDelta, by hand', () => {
  expect(weightsOf(1, [3, 4], { type: 'AdaGrad', delta: 1 })).toEqual(close([1 - 0.3 / 4, 1 - 0.3 / 4 - 0.4 / 6]));
  expect(weightsOf(1, [2, 0], { type: 'RMSProp', rmsDecay: 0.75, delta: 1 })).toEqual(close([0.9, 0.9]));
  // squares 0.5·4, step 2·√(1 / 3), its squares 0.5·4/3; then squares 0.5·2 + 0.5·4, step 2·√((2/3 + 1) / 4)
  const first = 0.1 * 2 * Math.sqrt(1 / 3);
  const second = 0.1 * 2 * Math.sqrt(5 / 12);
  expect(weightsOf(1, [2, 2], { type: 'AdaDelta', momentum: 0.5, delta: 1 })).toEqual(
    close([1 - first, 1 - first - second]),
  );
});

test('Adam: a steady gradient moves by the rate whatever its size, a decayed weight moves more in AdamW only', () => {
  for (const size of [5, 0.01]) {
    const moved = weightsOf(1, [size, size, size], { type: 'Adam' });
    [0.9, 0.8, 0.7].forEach((expected, i) => {
      expect(moved[i]).toBeCloseTo(expected, 4);
    });
  }
  expect(weightsOf(1, [5], { type: 'Adam', weightDecay: 0.5 })[0]).toBeCloseTo(0.9, 6);
  expect(weightsOf(1, [5], { type: 'AdamW', weightDecay: 0.5 })[0]).toBeCloseTo(0.85, 6);
});

test('Adam and AdamW, by hand', () => {
  const settings = { momentum: 0.5, momentum2: 0.75, delta: 1, weightDecay: 0 } as const;
  // means 1, 0.5; squares 1, 0.75; corrections √(1/4) / (1/2), √(7/16) / (3/4)
  const first = (0.1 * 1 * 1) / (Math.sqrt(1) + 1);
  const second = (0.1 * (Math.sqrt(7) / 3) * 0.5) / (Math.sqrt(0.75) + 1);
  expect(weightsOf(1, [2, 0], { type: 'Adam', ...settings })).toEqual(close([1 - first, 1 - first - second]));
  // each update takes 0.1 · 0.5 of the weight besides, or of its sign
  expect(weightsOf(2, [2, 0], { type: 'AdamW', ...settings, weightDecay: 0.5 })).toEqual(
    close([2 * 0.95 - first, (2 * 0.95 - first) * 0.95 - second]),
  );
  expect(weightsOf(-3, [2], { type: 'AdamW', ...settings, weightDecay: 0.5, regularization: 'L1' })).toEqual(
    close([-3 + 0.05 - first]),
  );
});

test('the summed gradient is clipped, then divided, then decayed', () => {
  const config = solverOf({ baseLr: 1, maxIterations: 10, clipGradients: 1, iterationSize: 2, weightDecay: 0.25 });
  const [one, other, still] = [2, 4, 7].map((weight) => Float64Array.of(weight)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const parameter = (weights: Float64Array, gradient: number, multiplier: Multiplier = {}) => {
    return { weights, gradient: Float64Array.of(gradient), slots: [new Float64Array(1)], multiplier };
  };
  const parameters = [parameter(one, 3), parameter(other, 4), parameter(still, 100, { rate: 0 })];
  expect(updateParameters(parameters, { config, iteration: 0 })).toBe(5);
  expect([...one, ...other, ...still]).toEqual(close([2 - 0.3 - 0.5, 4 - 0.4 - 1, 7]));
});
