import { confuserSampler, pkSampler, type Sampler, type SolverConfig, shuffledSampler, solverOf } from '@kith/training';
import type { Confusers } from './mine-people.ts';
import type { Phase } from './recipes/recipe.ts';

/** Validations and snapshots a quarter of an epoch apart, but never so often that they are most of the work. */
const leastInterval = 50;

/** Which faces make a phase's batches; of fewer people or faces than it asks for, all that there are. */
export function samplerOf(
  { batch }: Phase,
  labels: Int32Array,
  { seed, confusers = [] }: { readonly seed: number; readonly confusers?: Confusers | undefined },
): Sampler {
  if (batch.kind === 'shuffled') {
    return shuffledSampler({ count: labels.length, batchSize: Math.min(batch.size, labels.length), seed });
  }
  const { photosPerPerson } = batch;
  const people = Math.min(batch.people, new Set(labels).size);
  const options = { labels, people, photosPerPerson, seed, repeatPhotos: true };
  if (batch.kind === 'people') return pkSampler(options);
  return confuserSampler({ ...options, confusers, groupSize: Math.min(batch.groupSize, people) });
}

/** A phase's solver, its budget of faces as updates. @param seed - Of what dropout drops; a solver of a file has its own. */
export function solverOfPhase(
  phase: Phase,
  { batchSize, batchesPerEpoch }: Sampler,
  { seed }: { readonly seed: number },
): SolverConfig {
  const quarter = Math.round(batchesPerEpoch / (4 * (phase.ownSolver?.iterationSize ?? 1)));
  const interval = phase.judgedEvery ?? Math.max(leastInterval, quarter);
  const intervals = { testInterval: interval, snapshotInterval: interval };
  if (phase.ownSolver) {
    const given = phase.ownSolver;
    return solverOf({
      ...given,
      testInterval: given.testInterval || interval,
      snapshotInterval: given.snapshotInterval || interval,
    });
  }
  const { faces, warmUpShare = 0, ...rest } = phase.solver;
  const maxIterations = Math.max(1, Math.round(faces / batchSize));
  const iterations = Math.round(warmUpShare * maxIterations);
  const warmUp = iterations > 0 ? { warmUp: { iterations } } : {};
  return solverOf({ ...rest, maxIterations, ...intervals, ...warmUp, seed });
}
