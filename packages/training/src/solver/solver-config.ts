import type { LearningRatePolicy } from './learning-rate-policy.ts';

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
  /** Of SGD and Nesterov; β₁ of Adam; decay of AdaDelta. AdaGrad and RMSProp have none. */
  readonly momentum: number;
  /** β₂ of Adam. */
  readonly momentum2: number;
  /** Of RMSProp. */
  readonly rmsDecay: number;
  /** What keeps divisors from 0. */
  readonly delta: number;
  readonly weightDecay: number;
  readonly regularization: 'L2' | 'L1';
  /** Greatest L2 norm of the gradient of all weights, summed over the batches of an update; none where left out. */
  readonly clipGradients?: number | undefined;
  /** Batches whose gradients make one update. */
  readonly iterationSize: number;
  readonly maxIterations: number;
  /** Updates whose losses the printed one is the mean of; for who prints, as are `display` and `testIterations`: `train` goes by none of them. */
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
