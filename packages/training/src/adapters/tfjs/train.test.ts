import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, memoryUsage } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FaceError } from '@kith/core';
import type { Weights } from '@kith/network';
import { loadTensorFlow, readWeights } from '@kith/network/tfjs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { learningRate } from '../../solver/learning-rate.ts';
import type { Loader } from '../data/loader.ts';
import { openTinyLoader, tinySolver, tinyTask, writeTinyPack } from './train.test-support.ts';
import { train } from './train.ts';
import type { Judged, TrainedStep, TrainingState, TrainingTask } from './train-task.ts';

// to the bit only on one thread
env.TF_NUM_INTRAOP_THREADS = '1';
const tf = await loadTensorFlow();

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const dir = mkdtempSync(join(tmpdir(), 'kith-train-'));
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

type Kept = TrainingState & { readonly isBest: boolean };

/** A task that remembers what it saved, told and judged. */
function recorded(more: Partial<TrainingTask> = {}) {
  const states: Kept[] = [];
  const steps: TrainedStep[] = [];
  const judged: { readonly iteration: number; readonly epoch: number; readonly weights: Weights }[] = [];
  const task = tinyTask(tf, {
    loader,
    save: async (state, isBest) => {
      states.push({ ...state, isBest });
    },
    validate: async ({ model, iteration, epoch }: Judged) => {
      const weights = readWeights(model);
      judged.push({ iteration, epoch, weights });
      return [...weights.get('fc/kernel')!.data].reduce((sum, value) => sum + Math.abs(value), 0);
    },
    ...more,
    onStep: (step) => {
      steps.push(step);
      return more.onStep?.(step);
    },
  });
  return { task, states, steps, judged };
}

const configOf = (more: Partial<TrainingTask['config']>) => ({ config: { ...tinySolver, ...more } });
/** What does not depend on the clock. */
const numbersOf = (steps: readonly TrainedStep[]) =>
  steps.map(({ iteration, epoch, loss, learningRate: rate, gradientNorm, numbers }) => {
    return { iteration, epoch, loss, rate, gradientNorm, numbers };
  });
const stopAt = (iteration: number, controller: AbortController) => (step: TrainedStep) => {
  if (step.iteration === iteration) controller.abort(new FaceError('CANCELLED', 'Stopped.'));
  return undefined;
};

test.each([1, 4, 7, 11])(
  'a run stopped after %i updates goes on and ends as one that was not, to the bit',
  async (at) => {
    const whole = recorded();
    const result = await train(tf, whole.task);

    const controller = new AbortController();
    const first = recorded({ onStep: stopAt(at, controller), signal: controller.signal });
    await expect(train(tf, first.task)).rejects.toMatchObject({ code: 'CANCELLED' });
    const state = first.states.at(-1)!;
    expect(state.iteration).toBe(at);
    const second = recorded({ state });
    expect(await train(tf, second.task)).toEqual(result);
    expect(numbersOf([...first.steps, ...second.steps])).toEqual(numbersOf(whole.steps));
    expect([...first.judged, ...second.judged]).toEqual(whole.judged);
    expect(second.states.at(-1)).toEqual(whole.states.at(-1));
  },
);

test('every state that is kept leads to the same end', async () => {
  const whole = recorded();
  await train(tf, whole.task);
  expect(new Set(whole.states.map(({ iteration }) => iteration)).size).toBe(whole.states.length);
  for (const state of whole.states) {
    const rest = recorded({ state });
    await train(tf, rest.task);
    // one that has ended keeps nothing more
    expect(rest.states.at(-1) ?? state).toEqual(whole.states.at(-1));
  }
});

test('what it draws follows from the seed alone', async () => {
  const [one, same, other] = [recorded(), recorded(), recorded(configOf({ seed: 8 }))];
  const results = [await train(tf, one.task), await train(tf, same.task), await train(tf, other.task)];
  expect(results[0]).toEqual(results[1]);
  expect(results[0]).not.toEqual(results[2]);
});

test('an update of several batches takes each once, in order, and tells their mean loss', async () => {
  const asked: number[] = [];
  const spied: Loader = {
    next: (place) => {
      asked.push(place);
      return loader.next(place);
    },
    waitedMs: 0,
    close: async () => {},
  };
  const losses: number[] = [];
  const { task, steps } = recorded({ loader: spied, ...configOf({ maxIterations: 3, iterationSize: 3 }) });
  const objective: TrainingTask['objective'] = {
    ...task.objective,
    loss: (context) => {
      const loss = task.objective.loss(context);
      losses.push(loss.dataSync()[0]!);
      return loss;
    },
  };
  await train(tf, { ...task, objective });
  expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  steps.forEach(({ loss, learningRate: rate, epoch, gradientNorm }, i) => {
    expect(loss).toBeCloseTo((losses[3 * i]! + losses[3 * i + 1]! + losses[3 * i + 2]!) / 3, 6);
    expect(rate).toBe(learningRate(task.config, i));
    expect(epoch).toBe((3 * (i + 1)) / 2);
    expect(gradientNorm).toBeGreaterThan(0);
  });
});

test('frozen norms keep their statistics; else they move', async () => {
  const statistics = (weights: Weights) => ['conv/norm/mean', 'conv/norm/variance'].map((name) => weights.get(name));
  const frozen = recorded({ isNormFrozen: true });
  const moving = recorded();
  const start = statistics(frozen.task.weights);
  expect(statistics((await train(tf, frozen.task)).weights)).toEqual(start);
  expect(statistics((await train(tf, moving.task)).weights)).not.toEqual(start);
});

test('only what learns is moved', async () => {
  const { task, states } = recorded({ learns: (name) => name.startsWith('fc/') });
  const { weights } = await train(tf, task);
  const moved = [...weights].filter(([name, { data }]) => isUnlike(data, task.weights.get(name)!.data));
  expect(moved.map(([name]) => name)).toEqual(['conv/norm/mean', 'conv/norm/variance', 'fc/kernel', 'fc/bias']);
  expect([...states.at(-1)!.groups.optimizer!.keys()].filter((name) => name.startsWith('conv'))).toEqual([]);
  expect(states.at(-1)!.groups.head!.get('classes')).not.toEqual(task.objective.parameters!.get('classes'));
});
const isUnlike = (one: Float32Array, other: Float32Array) => one.some((value, i) => value !== other[i]);

test('it judges averaged weights every so many updates and at the end, and keeps states when due', async () => {
  const { task, states, judged } = recorded(configOf({ maxIterations: 10 }));
  const { weights } = await train(tf, task);
  expect(judged.map(({ iteration, epoch }) => [iteration, epoch])).toEqual([
    [4, 4],
    [8, 8],
    [10, 10],
  ]);
  const isBest = new Set(states.filter((state) => state.isBest).map(({ iteration }) => iteration));
  const due = [3, 6, 9, 10];
  expect(states.map(({ iteration }) => iteration)).toEqual([...new Set([...due, ...isBest])].sort((a, b) => a - b));
  const { model, optimizer, judged: kept } = states.at(-1)!.groups;
  expect(judged.at(-1)!.weights).toEqual(kept);
  expect(weights).toEqual(kept);
  expect(kept!.get('fc/kernel')!.data).toEqual(optimizer!.get('fc/kernel/average')!.data);
  expect(kept!.get('fc/kernel')).not.toEqual(model!.get('fc/kernel'));
});

test('the statistics of norms are averaged as the weights are', async () => {
  const emaDecay = 0.8;
  const { task, states } = recorded(configOf({ emaDecay, maxIterations: 6, snapshotInterval: 1, testInterval: 0 }));
  await train(tf, task);
  for (const name of ['conv/norm/mean', 'conv/norm/variance']) {
    const average = Float64Array.from(task.weights.get(name)!.data);
    for (const { groups } of states) {
      groups.model!.get(name)!.data.forEach((value, i) => {
        average[i] = emaDecay * average[i]! + (1 - emaDecay) * value;
      });
      groups.judged!.get(name)!.data.forEach((value, i) => {
        expect(Math.abs(value - average[i]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(average[i]!)));
      });
    }
  }
});

test('without an average it judges the weights themselves', async () => {
  const { task, states, judged } = recorded(configOf({ emaDecay: undefined, maxIterations: 4 }));
  await train(tf, task);
  expect(judged.at(-1)!.weights).toEqual(states.at(-1)!.groups.model);
});

test('patience bears so many validations without a better score; one more ends it, the state being kept', async () => {
  const scores = [0.5, Number.NaN, 0.6, 0.6, 0.2, 0.59, 0.9];
  const told = (from: number) => {
    let next = from;
    return async () => scores[next++]!;
  };
  const more = { patience: 2, ...configOf({ maxIterations: 100, testInterval: 1, snapshotInterval: 0 }) };
  const { task, states } = recorded({ validate: told(0), ...more });
  const result = await train(tf, task);
  expect(result).toMatchObject({ reason: 'no better score', iteration: 6 });
  expect(states.map(({ iteration, isBest }) => [iteration, isBest])).toEqual([
    [1, true],
    [3, true],
    [6, false],
  ]);
  const state = states.at(-1)!;
  expect(state).toMatchObject({ bestScore: 0.6, validationsSinceBest: 3 });
  // one that has ended does not begin again
  const again = recorded({ validate: told(6), ...more, state });
  expect(await train(tf, again.task)).toEqual(result);
  expect(again.steps).toEqual([]);
});

test('a listener ends it, after it was judged and kept', async () => {
  const onStep = ({ iteration }: TrainedStep) => (iteration === 5 ? { stop: 'enough' } : undefined);
  const { task, states, judged } = recorded({ onStep });
  expect(await train(tf, task)).toMatchObject({ reason: 'enough', iteration: 5 });
  expect(judged.at(-1)!.iteration).toBe(5);
  expect(states.at(-1)!.iteration).toBe(5);
});

test('it needs neither listener nor judge nor a place to save', async () => {
  expect(await train(tf, tinyTask(tf, { loader }))).toEqual(await train(tf, recorded().task));
});

test('one that is stopped before it begins does and keeps nothing', async () => {
  const { task, states, steps } = recorded({ signal: AbortSignal.abort(new FaceError('CANCELLED', 'Stopped.')) });
  await expect(train(tf, task)).rejects.toMatchObject({ code: 'CANCELLED' });
  expect([states, steps]).toEqual([[], []]);
});

test('a disk that is full ends it with its own error', async () => {
  const full = new FaceError('DISK_FULL', 'No room.');
  let saves = 0;
  const save = async () => {
    if (++saves === 2) throw full;
  };
  await expect(train(tf, recorded({ save }).task)).rejects.toBe(full);
  expect(saves).toBe(2);
});

test.each([
  [
    'lacks a group',
    (state: TrainingState) => ({ ...state, groups: { model: state.groups.model! } }),
    'SNAPSHOT_MISMATCH',
  ],
  ['is of another objective', withHead([6, 5]), 'SNAPSHOT_MISMATCH'],
  [
    'is of another rule',
    (state: TrainingState) => ({ ...state, groups: { ...state.groups, optimizer: new Map() } }),
    'SNAPSHOT_MISMATCH',
  ],
  [
    'is of another network',
    (state: TrainingState) => ({ ...state, groups: { ...state.groups, model: new Map() } }),
    'WEIGHTS_MISMATCH',
  ],
] as const)('a state that %s is refused, nothing being held', async (_, changed, code) => {
  const { task, states } = recorded(configOf({ maxIterations: 1 }));
  await train(tf, task);
  await expect(train(tf, { ...task, state: changed(states[0]!) })).rejects.toMatchObject({ code });
});

function withHead(shape: readonly number[]) {
  const head: Weights = new Map([['classes', { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }]]);
  return (state: TrainingState) => ({ ...state, groups: { ...state.groups, head } });
}

test('hundreds of updates hold no more than the first', async () => {
  const [rows, updates] = [256, 300];
  const held: { tensors: number; bytes: number }[] = [];
  const resident: number[] = [];
  const onStep = ({ iteration }: TrainedStep) => {
    const { numTensors, numBytes } = tf.memory();
    held.push({ tensors: numTensors, bytes: numBytes });
    if (iteration % 100 === 0) {
      collectGarbage();
      resident.push(memoryUsage().rss);
    }
    return undefined;
  };
  const batch = {
    pixels: new Float32Array(new SharedArrayBuffer(rows * 8 * 8 * 3 * 4)).fill(90),
    rows: new Int32Array(rows),
    labels: Int32Array.from({ length: rows }, (_, i) => i % 4),
    seeds: new Uint32Array(rows),
    targets: new Float32Array(0),
  };
  const same: Loader = { next: async () => batch, waitedMs: 0, close: async () => {} };
  const config = configOf({ maxIterations: updates, iterationSize: 1, testInterval: 0, snapshotInterval: 0 });
  await train(tf, { ...recorded({ ...config, loader: same }).task, onStep });
  expect(held).toHaveLength(updates);
  for (const one of held) expect(one).toEqual(held[0]);
  // a batch kept by each of the last 200 updates, be it only its pixels, would be 39 MB
  expect(resident.at(-1)! - resident[0]!).toBeLessThan(30e6);
});
