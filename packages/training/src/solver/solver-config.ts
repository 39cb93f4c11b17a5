import { FaceError } from '@kith/core';
import type { LearningRatePolicy } from './learning-rate.ts';

/** Rules that make an update of a gradient, by Caffe's names where it has them. */
export const solverTypes = ['SGD', 'Nesterov', 'AdaGrad', 'RMSProp', 'AdaDelta', 'Adam', 'AdamW'] as const;
export type SolverType = (typeof solverTypes)[number];

/** How a network is trained: Caffe's fields under our names, and a few more. */
export interface SolverConfig {
  readonly type: SolverType;
  readonly baseLr: number;
  readonly policy: LearningRatePolicy;
  /** A straight rise of the learning rate from a share of what the policy says; `from` is 0 by default. */
  readonly warmUp?: { readonly iterations: number; readonly from?: number } | undefined;
  /** Of SGD and Nesterov; β₁ of Adam. */
  readonly momentum: number;
  /** β₂ of Adam. */
  readonly momentum2: number;
  /** Of RMSProp. */
  readonly rmsDecay: number;
  /** What keeps divisors from 0. */
  readonly delta: number;
  readonly weightDecay: number;
  readonly regularization: 'L2' | 'L1';
  /** Greatest length of the summed gradient; none where left out. */
  readonly clipGradients?: number | undefined;
  /** Batches whose gradients make one update. */
  readonly iterationSize: number;
  readonly maxIterations: number;
  /** Updates whose losses the printed one is the mean of. */
  readonly averageLoss: number;
  /** Updates between two lines; 0 is never, as below. */
  readonly display: number;
  readonly testInterval: number;
  readonly testIterations: number;
  readonly snapshotInterval: number;
  /** Decay of the moving average of the weights; none where left out. */
  readonly emaDecay?: number | undefined;
  readonly seed: number;
}

const defaults: Omit<SolverConfig, 'baseLr' | 'maxIterations'> = {
  type: 'SGD',
  policy: { kind: 'fixed' },
  momentum: 0,
  momentum2: 0.999,
  rmsDecay: 0.99,
  delta: 1e-8,
  weightDecay: 0,
  regularization: 'L2',
  iterationSize: 1,
  averageLoss: 1,
  display: 0,
  testInterval: 0,
  testIterations: 0,
  snapshotInterval: 0,
  seed: 1,
};

/**
 * Fill in Caffe's defaults; Adam's momentum is 0.9 by default.
 *
 * @throws {FaceError} `SOLVER_INVALID` naming the field, what was expected and what was got.
 */
export function solverOf(given: Partial<SolverConfig> & Pick<SolverConfig, 'baseLr' | 'maxIterations'>): SolverConfig {
  const momentum = given.type === 'Adam' || given.type === 'AdamW' ? 0.9 : defaults.momentum;
  const config: SolverConfig = { ...defaults, momentum, ...given };
  assertNumbers(config);
  return config;
}

function assertNumbers(config: SolverConfig): void {
  const demand = (field: keyof SolverConfig, expected: string, holds: (value: number) => boolean): void => {
    const value = config[field] as number | undefined;
    if (value === undefined || holds(value)) return;
    throw new FaceError('SOLVER_INVALID', `${field} is ${expected}, got ${value}.`);
  };
  const isCount = (value: number) => Number.isInteger(value) && value >= 0;
  demand('baseLr', 'a number above 0', (value) => value > 0 && Number.isFinite(value));
  for (const field of ['momentum', 'momentum2', 'rmsDecay', 'emaDecay'] as const) {
    demand(field, 'in [0, 1)', (value) => value >= 0 && value < 1);
  }
  demand('delta', 'a number above 0', (value) => value > 0);
  demand('weightDecay', 'at least 0', (value) => value >= 0);
  demand('clipGradients', 'a number above 0', (value) => value > 0);
  for (const field of ['iterationSize', 'averageLoss', 'maxIterations'] as const) {
    demand(field, 'a whole number above 0', (value) => Number.isInteger(value) && value > 0);
  }
  for (const field of ['display', 'testInterval', 'testIterations', 'snapshotInterval'] as const) {
    demand(field, 'a whole number, 0 for never', isCount);
  }
  if (config.warmUp && !isCount(config.warmUp.iterations)) {
    throw new FaceError('SOLVER_INVALID', `warmUp.iterations is a whole number, got ${config.warmUp.iterations}.`);
  }
  if (!solverTypes.includes(config.type)) {
    throw new FaceError('SOLVER_INVALID', `type is one of ${solverTypes.join(', ')}, got ${config.type}.`);
  }
}
