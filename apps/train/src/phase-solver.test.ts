import { solverOf } from '@kith/training';
import { expect, test } from 'vitest';
import { samplerOf, solverOfPhase } from './phase-solver.ts';
import { fineTune } from './recipes/fine-tune.ts';
import { recipes } from './recipes/index.ts';
import type { Phase } from './recipes/recipe.ts';

const labelsOf = (people: number, photos: number) =>
  Int32Array.from({ length: people * photos }, (_, row) => Math.floor(row / photos));

test('a batch of people is made of those there are, with pairs and strangers in it', () => {
  const labels = labelsOf(3, 2);
  const sampler = samplerOf(fineTune, labels, { seed: 1 });
  expect(sampler.batchSize).toBe(3 * 4);
  for (let iteration = 0; iteration < 5; iteration++) {
    const people = Array.from(sampler.batch(iteration), (row) => labels[row]!);
    expect(new Set(people).size).toBe(3);
  }
  expect(samplerOf(fineTune, labelsOf(100, 2), { seed: 1 }).batchSize).toBe(64);
});

test('of one person no batch holds a triplet, which is refused', () => {
  expect(() => samplerOf(fineTune, labelsOf(1, 9), { seed: 1 })).toThrow(/people/);
});

test('a shuffled batch is as large as the data at most', () => {
  const phase = recipes[0]!.phases[0]!;
  expect(phase.batch.kind).toBe('shuffled');
  expect(samplerOf(phase, labelsOf(10, 3), { seed: 1 }).batchSize).toBe(30);
  expect(samplerOf(phase, labelsOf(100, 3), { seed: 1 }).batchSize).toBe(128);
});

test('a budget of faces becomes updates, judged a quarter of an epoch apart', () => {
  const people = 10_000;
  const labels = labelsOf(people, 4);
  const confusers = Array.from({ length: people }, (_, person) => [(person + 1) % people]);
  for (const { phases, seed } of recipes) {
    for (const phase of phases) {
      const sampler = samplerOf(phase, labels, { seed, confusers });
      const { maxIterations, testInterval, snapshotInterval } = solverOfPhase(phase, sampler, { seed });
      expect(Math.abs(maxIterations * sampler.batchSize - phase.solver.faces)).toBeLessThan(sampler.batchSize);
      expect(testInterval).toBe(phase.judgedEvery ?? Math.round(sampler.batchesPerEpoch / 4));
      expect(snapshotInterval).toBe(testInterval);
    }
  }
});

test("what dropout drops follows from the recipe's seed", () => {
  const phase = recipes[0]!.phases[0]!;
  const sampler = samplerOf(phase, labelsOf(10, 3), { seed: 8 });
  expect(solverOfPhase(phase, sampler, { seed: 8 }).seed).toBe(8);
});

test('a solver of a file goes as it says, and is judged where it says nothing of that', () => {
  const ownSolver = solverOf({ baseLr: 0.01, maxIterations: 777, momentum: 0.9, snapshotInterval: 100 });
  const phase: Phase = { ...fineTune, ownSolver };
  const solver = solverOfPhase(phase, samplerOf(phase, labelsOf(5, 5), { seed: 1 }), { seed: 8 });
  expect(solver).toEqual({ ...ownSolver, testInterval: 25 });
  const several = { ...recipes[0]!.phases[0]!, ownSolver: { ...ownSolver, iterationSize: 2 } };
  const sampler = { ...samplerOf(several, labelsOf(5, 5), { seed: 1 }), batchesPerEpoch: 800 };
  expect(solverOfPhase(several, sampler, { seed: 8 })).toEqual({
    ...several.ownSolver,
    testInterval: 100,
  });
});
