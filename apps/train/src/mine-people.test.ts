import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@kith/core';
import { conv, globalAveragePool, initialWeights, l2Normalize, network, type Weights } from '@kith/network';
import { loadTensorFlow, type TensorFlow } from '@kith/network/tfjs';
import { createPack, openPack, type Pack } from '@kith/training/data';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pairsOfPeople } from './data/judged-pairs.ts';
import { confusersOf, hashOfWeights, minePeople } from './mine-people.ts';
import { samplerOf } from './phase-solver.ts';
import type { Phase, Recipe } from './recipes/recipe.ts';
import { runPhase } from './run-phase.ts';

const dir = mkdtempSync(join(tmpdir(), 'kith-mine-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const crop = { sizePx: 12, padding: 0.25 };
const sees = network('sees-colours', { input: [12, 12, 3] }, [
  conv('conv', 4, { kernel: 1 }),
  globalAveragePool('pool'),
  l2Normalize('embedding'),
]);
const weights = initialWeights(sees, { seed: 3 });
const colours = [
  [250, 20, 20],
  [20, 250, 20],
  [20, 20, 250],
] as const;
const peopleCount = 12;

let tf: TensorFlow;
let pack: Pack;

// twelve people, four of each colour, whom a network that sees colours alone takes for each other
beforeAll(async () => {
  tf = await loadTensorFlow();
  const writer = createPack(join(dir, 'faces'), { sidePx: 12 });
  const random = createRandom(1);
  for (let row = 0; row < 4 * peopleCount; row++) {
    const person = row % peopleCount;
    const data = new Uint8Array(12 * 12 * 3).map((_, k) => colours[person % 3]![k % 3]! * (0.7 + 0.3 * random()));
    writer.append({ width: 12, height: 12, data }, { person: String.fromCharCode(97 + person), file: String(row) });
  }
  await writer.finish();
  pack = await openPack(join(dir, 'faces'));
});

const options = (file: string, given: Weights = weights) => ({
  ...{ network: sees, weights: given, crop, signal: new AbortController().signal },
  file: join(dir, file),
  mostConfusers: 3,
  neighbours: 12,
});

test('people are taken for those who look alike', async () => {
  const confusers = await minePeople(tf, pack, options('run/confusers.json'));
  expect(confusers).toHaveLength(peopleCount);
  confusers.forEach((others, label) => {
    expect(others).toHaveLength(3);
    expect(others.toSorted()).toEqual(
      pack.people.flatMap((_, other) => (other !== label && other % 3 === label % 3 ? [other] : [])).toSorted(),
    );
  });
});

test('what was mined is kept for the run; other weights or faces are refused', async () => {
  const file = 'kept/confusers.json';
  const tensors = tf.memory().numTensors;
  const confusers = await minePeople(tf, pack, options(file));
  expect(tf.memory().numTensors).toBe(tensors);
  const text = readFileSync(join(dir, file), 'utf8');
  const edited = JSON.stringify({ ...JSON.parse(text), confusers: confusers.toReversed() });
  writeFileSync(join(dir, file), edited);
  expect(await minePeople(tf, pack, options(file))).toEqual(confusers.toReversed());
  const mismatch = expect.objectContaining({ code: 'SNAPSHOT_MISMATCH' });
  const others = initialWeights(sees, { seed: 4 });
  await expect(minePeople(tf, pack, options(file, others))).rejects.toEqual(mismatch);
  await expect(minePeople(tf, { ...pack, sha256: 'other' }, options(file))).rejects.toEqual(mismatch);
});

test('it stops when it is told to, and keeps nothing by halves', async () => {
  const signal = AbortSignal.abort(new Error('stopped'));
  await expect(minePeople(tf, pack, { ...options('stopped.json'), signal })).rejects.toThrow('stopped');
  expect(existsSync(join(dir, 'stopped.json'))).toBe(false);
});

test('confusers are counted by negatives, ties by label', () => {
  const labels = Int32Array.of(0, 0, 1, 2, 3);
  const people = ['a', 'b', 'c', 'd'];
  const triplets = {
    anchor: Int32Array.of(0, 0, 1, 1, 0, 2),
    positive: Int32Array.of(1, 1, 0, 0, 1, 2),
    negative: Int32Array.of(4, 3, 3, 2, 4, 0),
  };
  expect(confusersOf(triplets, { labels, people }, { mostConfusers: 9 })).toEqual([[2, 3, 1], [0], [], []]);
  expect(confusersOf(triplets, { labels, people }, { mostConfusers: 1 })).toEqual([[2], [0], [], []]);
});

test('the hash of weights follows names, shapes and bits, not their order', () => {
  const hash = hashOfWeights(weights);
  expect(hashOfWeights(new Map([...weights].reverse()))).toBe(hash);
  const [name, { shape, data }] = [...weights][0]!;
  const changed = new Map(weights).set(name, { shape, data: data.with(0, data[0]! + 1e-6) });
  expect(hashOfWeights(changed)).not.toBe(hash);
  expect(hashOfWeights(new Map(weights).set(name, { shape: [...shape, 1], data }))).not.toBe(hash);
});

test('a phase of confusers mines before it trains, in its own folder', async () => {
  const phase: Phase = {
    name: 'confused',
    objective: { kind: 'triplet', miner: 'batchHard', marginSquaredL2: 0.2, reducer: 'meanOfNonZero' },
    learnsFrom: 'faces',
    batch: { kind: 'confusers', people: 6, photosPerPerson: 2, groupSize: 3 },
    augmentation: {},
    solver: { type: 'SGD', baseLr: 0.01, policy: { kind: 'fixed' }, faces: 36, weightDecay: 0 },
  };
  const recipe: Recipe = {
    ...{ name: 'test', summary: '', network: sees, crop, teachers: [], start: 'anew', phases: [phase], seed: 1 },
  };
  const account = { photos: 0, people: 0, faces: 0, withoutFace: 0, unreadable: [] };
  const left = { tooClose: { people: 0, faces: 0 }, tooFew: { people: 0, faces: 0 } };
  const data = {
    ...{ faces: pack, landmarks: new Float32Array(0), judging: pack, pairs: pairsOfPeople(pack) },
    account: { ...account, ...left, judgedBy: 'itself' },
  };
  const { iterations } = await runPhase(tf, {
    ...{ recipe, phase, weights, data, dir: join(dir, 'phase'), stopOnCollapse: false, facts: [] },
    learnsFrom: { pack, targets: undefined, teachers: [], hash: 'faces' },
    signal: new AbortController().signal,
  });
  expect(iterations).toBe(3);
  const { confusers } = JSON.parse(readFileSync(join(dir, 'phase', 'confusers.json'), 'utf8'));
  expect(confusers).toHaveLength(peopleCount);
});

test('batches of confusers hold people who are taken for each other, and follow from the seed', async () => {
  const batch = { kind: 'confusers', people: 6, photosPerPerson: 2, groupSize: 3 } as const;
  const confusers = await minePeople(tf, pack, options('run/confusers.json'));
  const sampler = samplerOf({ batch } as Phase, pack.labels, { seed: 1, confusers });
  for (let iteration = 0; iteration < 10; iteration++) {
    const drawn = [...sampler.batch(iteration)].filter((_, i) => i % 2 === 0).map((row) => pack.labels[row]!);
    // the first group has its pick of the likeliest
    const [seed, ...others] = drawn.slice(0, 3);
    const secondSeed = drawn[3]!;
    const free = confusers[seed!]!.filter((label) => label !== secondSeed);
    expect(others).toEqual(free.slice(0, 2));
  }
  expect(samplerOf({ batch } as Phase, pack.labels, { seed: 1, confusers }).batch(7)).toEqual(sampler.batch(7));
});
