import { FaceError } from '@kith/core';
import type { LearningRatePolicy } from './learning-rate.ts';
import { type SolverConfig, solverTypes } from './solver-config.ts';

/** A kind of number, in words and as a test. */
interface Range {
  readonly says: string;
  readonly has: (value: number) => boolean;
}

const positive: Range = { says: 'a number above 0', has: (value) => value > 0 };
const notNegative: Range = { says: 'a number from 0', has: (value) => value >= 0 };
const share: Range = { says: 'a number from 0 to below 1', has: (value) => value >= 0 && value < 1 };
const proportion: Range = { says: 'a number from 0 to 1', has: (value) => value >= 0 && value <= 1 };
const whole: Range = { says: 'a whole number from 0', has: (value) => Number.isSafeInteger(value) && value >= 0 };
const count: Range = { says: 'a whole number from 1', has: (value) => Number.isSafeInteger(value) && value >= 1 };
const finite: Range = { says: 'a finite number', has: () => true };

const ranges: Readonly<Partial<Record<keyof SolverConfig, Range>>> = {
  baseLr: positive,
  momentum: share,
  momentum2: share,
  rmsDecay: share,
  delta: positive,
  weightDecay: notNegative,
  iterationSize: count,
  maxIterations: count,
  averageLoss: count,
  display: whole,
  testInterval: whole,
  testIterations: whole,
  snapshotInterval: whole,
  seed: finite,
};

const policyRanges: Readonly<Record<LearningRatePolicy['kind'], Readonly<Record<string, Range>>>> = {
  fixed: {},
  step: { gamma: positive, stepSize: count },
  exp: { gamma: positive },
  inv: { gamma: notNegative, power: finite },
  multistep: { gamma: positive },
  poly: { power: notNegative },
  sigmoid: { gamma: finite, stepSize: count },
  cosine: {},
};

/**
 * Check that the settings of a solver go together.
 *
 * @throws {FaceError} `SOLVER_INVALID` naming the setting, what was expected and what was got.
 */
export function checkSolver(config: SolverConfig): void {
  const { type, momentum, regularization, clipGradients, emaDecay, warmUp } = config;
  if (!solverTypes.includes(type)) throw invalid('type', `one of ${solverTypes.join(', ')}`, type);
  if (!['L1', 'L2'].includes(regularization)) throw invalid('regularization', 'L2 or L1', regularization);
  for (const [name, range] of Object.entries(ranges)) assertIn(range, name, config[name as keyof SolverConfig]);
  if (['AdaGrad', 'RMSProp'].includes(type) && momentum !== 0)
    throw invalid('momentum', `0 for ${type}, which has none`, momentum);
  if (clipGradients !== undefined) assertIn(positive, 'clipGradients', clipGradients);
  if (emaDecay !== undefined) assertIn(share, 'emaDecay', emaDecay);
  if (warmUp !== undefined) {
    assertIn(whole, 'warmUp.iterations', warmUp.iterations);
    if (warmUp.from !== undefined) assertIn(proportion, 'warmUp.from', warmUp.from);
  }
  checkPolicy(config.policy);
}

function checkPolicy(policy: LearningRatePolicy): void {
  const wanted = Object.hasOwn(policyRanges, policy.kind) ? policyRanges[policy.kind] : undefined;
  if (!wanted) throw invalid('policy', `one of ${Object.keys(policyRanges).join(', ')}`, policy.kind);
  const given = new Map<string, unknown>(Object.entries(policy));
  for (const [name, range] of Object.entries(wanted)) assertIn(range, `policy.${name}`, given.get(name));
  if (policy.kind === 'cosine' && policy.least !== undefined) assertIn(proportion, 'policy.least', policy.least);
  if (policy.kind !== 'multistep') return;
  const { stepValues } = policy;
  const bad = stepValues.findIndex((value, i) => !count.has(value) || value <= (stepValues[i - 1] ?? 0));
  if (bad >= 0 || stepValues.length === 0)
    throw invalid('policy.stepValues', 'rising whole numbers from 1', stepValues.join(', '));
}

function assertIn({ says, has }: Range, name: string, value: unknown): void {
  if (typeof value === 'number' && Number.isFinite(value) && has(value)) return;
  throw invalid(name, says, value);
}

function invalid(name: string, expected: string, got: unknown): FaceError {
  return new FaceError('SOLVER_INVALID', `The solver's ${name} is ${String(got)}, expected ${expected}.`);
}
