import { assertIteration } from '../samplers/sampler.ts';
import type { SolverConfig } from './solver-config.ts';

/**
 * The learning rate of an update.
 *
 * @param iteration - Completed updates, from 0. From `maxIterations` on, the rates of `poly` and `cosine` stay at their last.
 * @throws {FaceError} `USAGE` when it is no whole number from 0.
 * @see Jia et al., Caffe, 2014, `sgd_solver.cpp`; Loshchilov & Hutter, SGDR, ICLR 2017, §3, for the cosine.
 */
export function learningRate(config: SolverConfig, iteration: number): number {
  assertIteration(iteration);
  const { baseLr, warmUp } = config;
  const rate = baseLr * shareAt(config, iteration);
  if (!warmUp || iteration >= warmUp.iterations) return rate;
  const { iterations, from = 0 } = warmUp;
  return rate * (from + ((1 - from) * (iteration + 1)) / iterations);
}

function shareAt({ policy, maxIterations }: SolverConfig, iteration: number): number {
  const done = Math.min(iteration / maxIterations, 1);
  switch (policy.kind) {
    case 'fixed':
      return 1;
    case 'step':
      return policy.gamma ** Math.floor(iteration / policy.stepSize);
    case 'exp':
      return policy.gamma ** iteration;
    case 'inv':
      return (1 + policy.gamma * iteration) ** -policy.power;
    case 'multistep':
      return policy.gamma ** policy.stepValues.filter((value) => value <= iteration).length;
    case 'poly':
      return (1 - done) ** policy.power;
    case 'sigmoid':
      return 1 / (1 + Math.exp(-policy.gamma * (iteration - policy.stepSize)));
    case 'cosine': {
      const { least = 0 } = policy;
      return least + ((1 - least) * (1 + Math.cos(Math.PI * done))) / 2;
    }
  }
}
