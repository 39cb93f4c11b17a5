import { checkSolver } from './check-solver.ts';
import type { SolverConfig, SolverType } from './solver-config.ts';

/** What Caffe takes for a field that is not there. */
export const solverDefaults: Omit<SolverConfig, 'baseLr' | 'maxIterations'> = {
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

const momenta: Readonly<Partial<Record<SolverType, number>>> = { Adam: 0.9, AdamW: 0.9, AdaDelta: 0.95 };

/**
 * Fill in Caffe's defaults; only the momentum is 0.9 for Adam and 0.95 for AdaDelta by default.
 *
 * @throws {FaceError} `SOLVER_INVALID` naming the field, what was expected and what was got.
 */
export function solverOf(given: Partial<SolverConfig> & Pick<SolverConfig, 'baseLr' | 'maxIterations'>): SolverConfig {
  const momentum = momenta[given.type ?? solverDefaults.type] ?? solverDefaults.momentum;
  const config: SolverConfig = { ...solverDefaults, momentum, ...given };
  checkSolver(config);
  return config;
}
