import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { conv, dense, initialWeights, network } from '@kith/network';
import { buildModel, loadTensorFlow, trainableVariables } from '@kith/network/tfjs';
import type { Scalar, Variable } from '@tensorflow/tfjs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Loader } from '../data/loader.ts';
import type { Objective } from './objective.ts';
import { gradientStep } from './step.ts';
import { openTinyLoader, tinyObjective, tinySolver, tinyTask, writeTinyPack } from './train.test-support.ts';
import { train } from './train.ts';
import type { TrainingTask } from './train-task.ts';

env.TF_NUM_INTRAOP_THREADS = '1';
const tf = await loadTensorFlow();

const dir = mkdtempSync(join(tmpdir(), 'kith-divergence-'));
let loader: Loader;
let tensorsBefore = 0;
beforeAll(async () => {
  loader = await openTinyLoader(await writeTinyPack(dir));
});
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
  return () => expect(tf.memory().numTensors).toBe(tensorsBefore);
});
afterAll(async () => {
  await loader.close();
  rmSync(dir, { recursive: true, force: true });
});

const divergence = (...told: string[]) =>
  expect.objectContaining({
    name: 'FaceError',
    code: 'TRAINING_DIVERGED',
    message: expect.stringMatching(told.map((text) => text.replaceAll('.', '\\.')).join('.*')),
  });

/** A training that snapshots and judges after every update. */
function watched(more: Partial<TrainingTask> = {}) {
  const [saved, judged]: [number[], number[]] = [[], []];
  const task = tinyTask(tf, {
    loader,
    config: { ...tinySolver, testInterval: 1, snapshotInterval: 1 },
    save: async ({ iteration }) => {
      saved.push(iteration);
    },
    validate: async ({ iteration }) => judged.push(iteration),
    ...more,
  });
  return { task, saved, judged };
}

/** An objective whose loss is spoilt at an iteration. */
function spoilt(at: number, spoil: (loss: Scalar) => Scalar): Objective {
  const objective = tinyObjective(tf);
  return {
    ...objective,
    loss: (context) => (context.iteration === at ? spoil(objective.loss(context)) : objective.loss(context)),
  };
}

test.each([Number.NaN, Number.POSITIVE_INFINITY])('a loss of %d ends it, and nothing is kept after', async (value) => {
  const { task, saved, judged } = watched({ objective: spoilt(3, (loss) => loss.add(value)) });
  await expect(train(tf, task)).rejects.toEqual(divergence('loss of iteration 3', `${value}`, 'the loss itself'));
  expect(saved).toEqual([1, 2, 3]);
  expect(judged).toEqual([1, 2, 3]);
});

test('a gradient that is not finite ends it before it moves a weight, told by the parameter nearest to the loss', async () => {
  // 0 · √0 has the slope 0 · ∞
  const objective = spoilt(3, (loss) => loss.add(loss.sub(loss).sqrt().mul(0)));
  const { task, saved } = watched({ objective });
  await expect(train(tf, task)).rejects.toEqual(divergence('gradient of iteration 3', 'NaN', 'head:classes'));
  expect(saved).toEqual([1, 2, 3]);
});

test('a gradient too long for a number ends it', async () => {
  const { task, saved } = watched({ objective: spoilt(2, (loss) => loss.mul(1e30)) });
  await expect(train(tf, task)).rejects.toEqual(divergence('gradient of iteration 2', 'Infinity', 'too long'));
  expect(saved).toEqual([1, 2]);
});

test('an update that makes weights infinite is neither judged nor kept', async () => {
  const config = { ...tinySolver, type: 'SGD', baseLr: 1e38, emaDecay: undefined } as const;
  const objective = spoilt(0, (loss) => loss.mul(1e6));
  const { task, saved, judged } = watched({ objective, config: { ...config, clipGradients: 1e9, testInterval: 1 } });
  await expect(train(tf, task)).rejects.toEqual(divergence('After 1 updates'));
  expect([saved, judged]).toEqual([[], []]);
});

const table = network('deep', { input: [8, 8, 3] }, [
  conv('first', 4, { kernel: 3, norm: {}, activation: 'relu' }),
  conv('second', 4, { kernel: 3, norm: {}, activation: 'relu' }),
  dense('third', 6),
]);

/** Change a model's number under the loop's feet and go one step. */
async function stepWith(name: string, value: number, { isHead = false } = {}): Promise<unknown> {
  const model = buildModel(tf, table, { weights: initialWeights(table, { seed: 4 }) });
  const objective = tinyObjective(tf);
  const { shape, data } = objective.parameters!.get('classes')!;
  const heads = new Map([['classes', tf.tidy(() => tf.variable(tf.tensor(data.slice(), [...shape])))]]);
  const variables: ReadonlyMap<string, Variable> = trainableVariables(model);
  setFirst(isHead ? heads.get(name)! : variables.get(name)!, value);
  try {
    const batch = await loader.next(0);
    const step = { model, objective, heads, variables, isNormFrozen: false };
    tf.dispose([...gradientStep(tf, step, { batch, iteration: 0 }).gradients.values()]);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    tf.dispose([...heads.values()]);
    model.dispose();
  }
}

function setFirst(variable: Variable, value: number): void {
  const data = Float32Array.from(variable.dataSync());
  data[0] = value;
  tf.tidy(() => variable.assign(tf.tensor(data, variable.shape)));
}

test.each([
  ['first/kernel', 'first'],
  ['second/kernel', 'second'],
  ['second/norm/gamma', 'second/norm'],
  ['third/kernel', 'third'],
  ['third/bias', 'third'],
])('infinity in %s is told to begin at %s', async (name, layer) => {
  expect(await stepWith(name, Number.POSITIVE_INFINITY)).toEqual(divergence('iteration 0', `began at ${layer}.`));
});

test('a number of the objective that is not finite is told by its name', async () => {
  const told = await stepWith('classes', Number.NaN, { isHead: true });
  expect(told).toEqual(divergence('iteration 0', 'began at classes.'));
});

test('numbers that are finite diverge nowhere', async () => {
  expect(await stepWith('first/kernel', 0.5)).toBeUndefined();
});
