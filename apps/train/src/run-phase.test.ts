import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, randomInteger } from '@kith/core';
import { averagePool, conv, dense, initialWeights, l2Normalize, network } from '@kith/network';
import { loadTensorFlow, type TensorFlow } from '@kith/network/tfjs';
import type { SolverConfig } from '@kith/training';
import { createPack, openPack, type Pack } from '@kith/training/data';
import { readRunLog } from '@kith/training/run';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pairsOfPeople } from './data/judged-pairs.ts';
import type { DataAccount } from './data/prepare-data.ts';
import type { Phase, Recipe } from './recipes/recipe.ts';
import { type PhaseTask, runPhase } from './run-phase.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-run-phase-'));
const account: DataAccount = {
  ...{ photos: 24, people: 6, faces: 24, withoutFace: 0, unreadable: [], judgedBy: 'themselves' },
  ...{ tooClose: { people: 0, faces: 0 }, tooFew: { people: 0, faces: 0 } },
};
let tf: TensorFlow;
let faces: Pack;
let allAlike: Pack;

beforeAll(async () => {
  tf = await loadTensorFlow();
  faces = await packOf('faces', (person) => person * 40);
  allAlike = await packOf('all-alike', () => undefined);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Six people with four faces each: noise around a grey of their own, or the same for all. */
async function packOf(name: string, greyOf: (person: number) => number | undefined): Promise<Pack> {
  const writer = createPack(join(folder, name), { sidePx: 12 });
  const random = createRandom(1);
  for (let row = 0; row < 24; row++) {
    const grey = greyOf(row >> 2);
    const pixel = (_: unknown, i: number) => (grey === undefined ? 90 : grey + 5 * (i % 3) + randomInteger(random, 40));
    const data = Uint8Array.from({ length: 12 * 12 * 3 }, pixel);
    writer.append({ width: 12, height: 12, data }, { person: `person ${row >> 2}`, file: `${row}.jpg` });
  }
  await writer.finish();
  return openPack(join(folder, name));
}

const phase: Phase = {
  name: 'tiny',
  objective: { kind: 'triplet', miner: 'batchHard', marginSquaredL2: 0.2, reducer: 'mean' },
  learnsFrom: 'faces',
  batch: { kind: 'people', people: 4, photosPerPerson: 2 },
  augmentation: { flip: 0.5 },
  judgedEvery: 5,
  solver: { type: 'AdamW', baseLr: 0.01, policy: { kind: 'fixed' }, faces: 8 * 20, weightDecay: 0, emaDecay: 0.5 },
};
const recipe: Recipe = {
  ...{ name: 'tiny', summary: '', teachers: [], start: 'anew', seed: 3, phases: [phase] },
  network: network('tiny', { input: [8, 8, 3] }, [
    conv('conv1', 6, { kernel: 3, stride: 2 }),
    averagePool('pool', { kernel: 4 }),
    dense('fc', 4),
    l2Normalize('embedding'),
  ]),
  crop: { sizePx: 8, padding: 0.25 },
};

function taskIn(
  dir: string,
  { pack = faces, ...changes }: Partial<PhaseTask> & { readonly pack?: Pack } = {},
): PhaseTask {
  return {
    ...{ recipe, phase, dir: join(folder, dir), stopOnCollapse: false, facts: [] },
    weights: initialWeights(recipe.network, { seed: recipe.seed }),
    learnsFrom: { pack, targets: undefined, teachers: [], hash: pack.sha256 },
    data: { faces: pack, landmarks: new Float32Array(0), judging: pack, pairs: pairsOfPeople(pack), account },
    signal: new AbortController().signal,
    ...changes,
  };
}

/** A task that is stopped in the middle of its second validation. */
function stoppedIn(dir: string): PhaseTask {
  const stop = new AbortController();
  const { data, ...task } = taskIn(dir, { signal: stop.signal });
  let judged = 0;
  const watched = {
    ...data,
    get pairs() {
      judged++;
      if (judged === 2) stop.abort(new Error('stopped'));
      return data.pairs;
    },
  };
  return { ...task, data: watched };
}

test('a phase gives the weights of its best validation, and a second time only tells', async () => {
  const first = await runPhase(tf, taskIn('whole'));
  expect(first).toMatchObject({ iterations: 20, reason: 'done' });
  const log = await readRunLog(join(folder, 'whole/log.jsonl'));
  const validations = log.filter((record) => record.kind === 'validation');
  expect(validations.map(({ iteration }) => iteration)).toEqual([5, 10, 15, 20]);
  expect(first.best.bestAccuracy).toBe(Math.max(...validations.map(({ bestAccuracy }) => bestAccuracy!)));
  expect(existsSync(join(folder, 'whole/report.html'))).toBe(true);
  const spread = { deviation: expect.any(Number), effectiveRank: expect.any(Number) };
  expect(log.filter((record) => record.kind === 'step')).toEqual([expect.objectContaining(spread)]);

  const second = await runPhase(tf, taskIn('whole'));
  expect(second).toEqual(first);
  expect(await readRunLog(join(folder, 'whole/log.jsonl'))).toEqual(log);
});

test('a phase that was stopped ends as one that was not', async () => {
  await expect(runPhase(tf, stoppedIn('stopped'))).rejects.toThrow('stopped');
  const log = await readRunLog(join(folder, 'stopped/log.jsonl'));
  expect(log.some((record) => record.kind === 'event' && record.event === 'done')).toBe(false);
  const { seconds: _, ...resumed } = await runPhase(tf, taskIn('stopped'));
  const { seconds: __, ...whole } = await runPhase(tf, taskIn('whole'));
  expect(resumed.weights.size).toBe(whole.weights.size);
  for (const [name, { data }] of whole.weights) {
    data.forEach((value, k) => {
      expect(resumed.weights.get(name)!.data[k]).toBeCloseTo(value, 4);
    });
  }
  expect({ ...resumed, weights: 0 }).toMatchObject({ iterations: whole.iterations, reason: whole.reason });
});

test('where nothing is better than the start, the start is kept, and patience ends it', async () => {
  const idle: SolverConfig['type'] = 'SGD';
  const solver = { ...phase.solver, type: idle, baseLr: 1e-12, faces: 8 * 1000 };
  const task = taskIn('start', { phase: { ...phase, judgesStart: true, patience: 2, solver } });
  const outcome = await runPhase(tf, task);
  expect(outcome).toMatchObject({ reason: 'no better score', iterations: 15, best: { iteration: 0 } });
  expect(outcome.weights).toBe(task.weights);
});

test('the folder of another phase is refused, telling what differs', async () => {
  await runPhase(tf, taskIn('whole'));
  const other = taskIn('whole', { phase: { ...phase, solver: { ...phase.solver, baseLr: 0.02 } } });
  await expect(runPhase(tf, other)).rejects.toMatchObject({
    code: 'SNAPSHOT_MISMATCH',
    message: expect.stringContaining('phase.solver.baseLr is 0.02, was 0.01'),
  });
});

test('what differs is told by the option that changes it', async () => {
  await runPhase(tf, taskIn('whole'));
  const mismatch = (message: string) => ({ code: 'SNAPSHOT_MISMATCH', message: expect.stringContaining(message) });
  const budget = taskIn('whole', { phase: { ...phase, solver: { ...phase.solver, faces: 80 } } });
  const told = 'of another run: --budget (phase.solver.faces is 80, was 160). Give what it began with to go on, or';
  await expect(runPhase(tf, budget)).rejects.toMatchObject(mismatch(told));
  const seed = taskIn('whole', { recipe: { ...recipe, seed: 9 } });
  await expect(runPhase(tf, seed)).rejects.toMatchObject(mismatch('--seed (seed is 9, was 3)'));
  await expect(runPhase(tf, taskIn('whole', { pack: allAlike }))).rejects.toMatchObject(mismatch('the photos, or'));
});

test('faces that are all alike collapse; it is told, and stops if asked', async () => {
  const longer = { ...phase, judgedEvery: 200, solver: { ...phase.solver, faces: 8 * 140 } };
  const goesOn = await runPhase(tf, taskIn('collapses', { pack: allAlike, phase: longer }));
  expect(goesOn.iterations).toBe(140);
  const stops = taskIn('stops', { pack: allAlike, phase: longer, stopOnCollapse: true });
  await expect(runPhase(tf, stops)).rejects.toMatchObject({
    code: 'TRAINING_COLLAPSED',
    message: expect.stringMatching(/loss at the margin.*Start again from a softmax warm-up/s),
  });
  const log = await readRunLog(join(folder, 'stops/log.jsonl'));
  const errors = log.filter((record) => record.kind === 'health' && record.severity === 'error');
  expect(errors).toHaveLength(1);
  expect(errors[0]!.iteration).toBeLessThan(140);
});

const suddenly = (at: number): Phase['solver'] => ({
  ...{ type: 'SGD', baseLr: 1e-3, weightDecay: 0, faces: 8 * 40, momentum: 0 },
  policy: { kind: 'multistep', gamma: 1e38, stepValues: [at] },
});

test.each<[string, number, string, Phase['solver'], Phase['objective']]>([
  [
    'first',
    1,
    'No snapshot had been made',
    { ...suddenly(0), baseLr: 1e38, policy: { kind: 'fixed' } },
    phase.objective,
  ],
  ['later', 13, 'The snapshot of update 10 is kept', suddenly(12), phase.objective],
  // diverges in the update that is judged
  ['judged', 15, 'The snapshot of update 10 is kept', suddenly(14), phase.objective],
  [
    ...(['averaged', 13, 'The snapshot of update 10 is kept', { ...suddenly(12), emaDecay: 0.5 }] as const),
    { kind: 'cosFace', scale: 64, marginCosine: 0.35 },
  ],
])('a rate that is far too high is told as divergence: %s', async (name, update, kept, solver, objective) => {
  const dir = `diverges-${name}`;
  const task = taskIn(dir, { phase: { ...phase, solver, objective } });
  const error = await runPhase(tf, task).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'TRAINING_DIVERGED' });
  const { message } = error as Error;
  expect(message).toContain(`diverged after ${update} updates`);
  expect(message).toMatch(/conv1|fc|embedding|classes/);
  expect(message).toContain('Lower the learning rate');
  expect(message).toContain(kept);
  const log = await readRunLog(join(folder, dir, 'log.jsonl'));
  expect(log.at(-1)).toMatchObject({ kind: 'health', finding: 'diverged', severity: 'error', iteration: update });
});
