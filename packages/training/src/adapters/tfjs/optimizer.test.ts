import { createRandom, gaussian } from '@kith/core';
import { loadTensorFlow } from '@kith/network/tfjs';
import type { Tensor, Variable } from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SolverConfig, solverTypes } from '../../solver/solver-config.ts';
import { solverOf } from '../../solver/solver-of.ts';
import { updateParameters, updateRules } from '../../solver/update-rules.ts';
import { createOptimizer, type Multipliers, type Optimizer } from './optimizer.ts';

const tf = await loadTensorFlow();

const shapes: Readonly<Record<string, readonly number[]>> = {
  'conv/kernel': [2, 2, 3, 4],
  'conv/bias': [4],
  'norm/gamma': [5],
  // goes with the one before, and the kernel after it with the first
  'norm/beta': [3],
  'fc1/kernel': [3, 4],
  frozen: [3],
  // too large to be measured with the small ones
  'fc/kernel': [130, 130],
};
const multipliers: Multipliers = (name) =>
  ({ 'conv/bias': { rate: 2, decay: 0 }, 'norm/gamma': { decay: 0 }, 'norm/beta': { decay: 0 }, frozen: { rate: 0 } })[
    name
  ] ?? {};
const names = Object.keys(shapes);

const sizeOf = (name: string) => shapes[name]!.reduce((all, length) => all * length, 1);

/** Numbers of a seed: weights, or the gradients of a batch. */
function numbersOf(seed: number): ReadonlyMap<string, Float32Array> {
  const random = createRandom(seed);
  return new Map(names.map((name) => [name, Float32Array.from({ length: sizeOf(name) }, () => gaussian(random))]));
}

const asTensors = (numbers: ReadonlyMap<string, Float32Array>) =>
  new Map([...numbers].map(([name, data]) => [name, tf.tensor(data.slice(), [...shapes[name]!]) as Tensor]));

let variables: ReadonlyMap<string, Variable>;
let tensorsBefore = 0;
const opened: Optimizer[] = [];
const open = (config: SolverConfig): Optimizer => {
  opened.push(createOptimizer(tf, { config, variables, multipliers }));
  return opened.at(-1)!;
};

beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
  variables = new Map(
    [...asTensors(numbersOf(1))].map(([name, start]) => {
      const variable = tf.variable(start);
      start.dispose();
      return [name, variable];
    }),
  );
});

afterEach(() => {
  for (const optimizer of opened.splice(0)) optimizer.dispose();
  tf.dispose([...variables.values()]);
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

/** Updates from an iteration on, the gradients of each batch following from its number. */
function run(optimizer: Optimizer, config: SolverConfig, { from = 0, to = 6 } = {}): number[] {
  const norms: number[] = [];
  for (let iteration = from; iteration < to; iteration++) {
    for (let part = 0; part < config.iterationSize; part++) {
      const gradients = asTensors(numbersOf(100 + iteration * config.iterationSize + part));
      optimizer.accumulate(gradients);
      tf.dispose([...gradients.values()]);
    }
    norms.push(optimizer.apply(iteration).gradientNorm);
  }
  return norms;
}

/** The same updates in plain numbers, with the running mean. */
function reference(config: SolverConfig, { to = 6 } = {}) {
  const start = numbersOf(1);
  const parameters = names.map((name) => ({
    weights: Float64Array.from(start.get(name)!),
    gradient: new Float64Array(sizeOf(name)),
    slots: updateRules[config.type].slots.map(() => new Float64Array(sizeOf(name))),
    multiplier: multipliers(name),
  }));
  const averages = parameters.map(({ weights }) => weights.slice());
  const norms: number[] = [];
  for (let iteration = 0; iteration < to; iteration++) {
    for (const { gradient } of parameters) gradient.fill(0);
    for (let part = 0; part < config.iterationSize; part++) {
      const batch = numbersOf(100 + iteration * config.iterationSize + part);
      names.forEach((name, p) => {
        batch.get(name)!.forEach((value, i) => {
          parameters[p]!.gradient[i] = parameters[p]!.gradient[i]! + value;
        });
      });
    }
    norms.push(updateParameters(parameters, { config, iteration }));
    const { emaDecay: decay = 0 } = config;
    averages.forEach((average, p) => {
      parameters[p]!.weights.forEach((weight, i) => {
        average[i] = decay * average[i]! + (1 - decay) * weight;
      });
    });
  }
  return { weights: parameters.map(({ weights }) => weights), averages, norms };
}

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(got.length).toBe(expected.length);
  const worst = Math.max(...Array.from(expected, (value, i) => Math.abs(got[i]! - value)));
  expect(worst).toBeLessThan(2e-5);
}

const plain = { baseLr: 0.05, maxIterations: 100, policy: { kind: 'exp', gamma: 0.9 } } as const;
const settings: readonly [string, Partial<SolverConfig>][] = [
  ['as it is', {}],
  ['with L2 decay, clipped, over two batches', { weightDecay: 0.1, clipGradients: 20, iterationSize: 2 }],
  ['with L1 decay and a running mean', { weightDecay: 0.1, regularization: 'L1', emaDecay: 0.5, delta: 1e-3 }],
];

describe.each(solverTypes)('%s', (type) => {
  const withMomentum = type === 'SGD' || type === 'Nesterov' ? { momentum: 0.9 } : {};

  test.each(settings)('%s, moves weights as the definition does', (_, more) => {
    const config = solverOf({ ...plain, type, ...withMomentum, ...more });
    const optimizer = open(config);
    const norms = run(optimizer, config);
    const expected = reference(config);
    norms.forEach((norm, i) => {
      expect(norm / expected.norms[i]!).toBeCloseTo(1, 5);
    });
    names.forEach((name, p) => {
      expectClose(variables.get(name)!.dataSync(), expected.weights[p]!);
    });
    const averages = optimizer.averaged();
    expect(averages === undefined).toBe(config.emaDecay === undefined);
    names.forEach((name, p) => {
      if (averages) expectClose(averages.get(name)!.data, expected.averages[p]!);
    });
  });

  test('goes on from its state as if it had never stopped, to the bit', () => {
    const config = solverOf({ ...plain, type, ...withMomentum, weightDecay: 0.1, clipGradients: 20, emaDecay: 0.9 });
    const whole = open(config);
    run(whole, config, { to: 3 });
    const state = whole.state();
    const weights = new Map([...variables].map(([name, variable]) => [name, variable.dataSync().slice()]));
    run(whole, config, { from: 3 });
    const ended = [...variables.values()].map((variable) => variable.dataSync().slice());

    for (const [name, variable] of variables)
      tf.tidy(() => variable.assign(tf.tensor(weights.get(name)!, [...shapes[name]!])));
    const resumed = open(config);
    resumed.restore(state);
    expect(resumed.state()).toEqual(state);
    run(resumed, config, { from: 3 });
    expect([...variables.values()].map((variable) => variable.dataSync())).toEqual(ended);
    expect(resumed.state()).toEqual(whole.state());
  });

  test('holds no more tensors after an update than before', () => {
    const config = solverOf({ ...plain, type, ...withMomentum, weightDecay: 0.1, iterationSize: 2, emaDecay: 0.9 });
    const optimizer = open(config);
    const before = tf.memory().numTensors;
    run(optimizer, config);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('a variable without a gradient goes on with its velocity and decay alone', () => {
  const config = solverOf({ baseLr: 0.1, maxIterations: 10, weightDecay: 0.5 });
  const optimizer = open(config);
  const before = variables.get('conv/kernel')!.dataSync().slice();
  optimizer.accumulate(new Map());
  expect(optimizer.apply(0)).toEqual({ learningRate: 0.1, gradientNorm: 0 });
  expectClose(
    variables.get('conv/kernel')!.dataSync(),
    before.map((weight) => weight * 0.95),
  );
});

test('a gradient that is not finite changes nothing, and is told', () => {
  const config = solverOf({ baseLr: 0.1, maxIterations: 10, momentum: 0.9, weightDecay: 0.5 });
  const optimizer = open(config);
  const before = [...variables.values()].map((variable) => variable.dataSync().slice());
  const gradients = new Map([['conv/bias', tf.tensor([1, Number.NaN, 0, 0]) as Tensor]]);
  optimizer.accumulate(gradients);
  tf.dispose([...gradients.values()]);
  expect(optimizer.apply(0).gradientNorm).toBeNaN();
  expect([...variables.values()].map((variable) => variable.dataSync())).toEqual(before);
});

test.each(['missing', 'more', 'of another shape'])('a state with a slot %s is refused', (what) => {
  const optimizer = open(solverOf({ baseLr: 0.1, maxIterations: 10 }));
  const state = new Map(optimizer.state());
  const slot = 'conv/bias/velocity';
  if (what === 'missing') state.delete(slot);
  else if (what === 'more') state.set('conv/bias/squares', state.get(slot)!);
  else state.set(slot, { shape: [2, 2], data: new Float32Array(4) });
  expect(() => optimizer.restore(state)).toThrow(expect.objectContaining({ code: 'SNAPSHOT_MISMATCH' }));
});
