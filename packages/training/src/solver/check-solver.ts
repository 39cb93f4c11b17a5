import { FaceError } from '@kith/core';
import type { LearningRatePolicy } from './learning-rate-policy.ts';
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

/** How a message calls a setting, such as `momentum` or `policy.gamma`. */
export type NameOf = (name: string) => string;

/**
 * Check that the settings of a solver go together.
 *
 * @throws {FaceError} `SOLVER_INVALID` naming the setting, what was expected and what was got.
 */
export function checkSolver(config: SolverConfig, nameOf: NameOf = (name) => `The solver's ${name}`): void {
  new Check(nameOf).solver(config);
}

class Check {
  readonly #nameOf: NameOf;

  constructor(nameOf: NameOf) {
    this.#nameOf = nameOf;
  }

  solver(config: SolverConfig): void {
    const { type, momentum, regularization, clipGradients, emaDecay, warmUp } = config;
    if (!solverTypes.includes(type)) this.#refuse('type', `one of ${solverTypes.join(', ')}`, type);
    if (!['L1', 'L2'].includes(regularization)) this.#refuse('regularization', 'L2 or L1', regularization);
    for (const [name, range] of Object.entries(ranges)) this.#assert(range, name, config[name as keyof SolverConfig]);
    if (['AdaGrad', 'RMSProp'].includes(type) && momentum !== 0)
      this.#refuse('momentum', `0 for ${type}, which has none`, momentum);
    if (clipGradients !== undefined) this.#assert(positive, 'clipGradients', clipGradients);
    if (emaDecay !== undefined) this.#assert(share, 'emaDecay', emaDecay);
    if (warmUp !== undefined) {
      this.#assert(whole, 'warmUp.iterations', warmUp.iterations);
      if (warmUp.from !== undefined) this.#assert(proportion, 'warmUp.from', warmUp.from);
    }
    this.#policy(config.policy);
  }

  #policy(policy: LearningRatePolicy): void {
    const kinds = Object.keys(policyRanges);
    if (!kinds.includes(policy.kind)) this.#refuse('policy', `one of ${kinds.join(', ')}`, policy.kind);
    const given = new Map<string, unknown>(Object.entries(policy));
    for (const [name, range] of Object.entries(policyRanges[policy.kind]))
      this.#assert(range, `policy.${name}`, given.get(name));
    if (policy.kind === 'cosine' && policy.least !== undefined) this.#assert(proportion, 'policy.least', policy.least);
    if (policy.kind !== 'multistep') return;
    const { stepValues } = policy;
    const bad = stepValues.findIndex((value, i) => !count.has(value) || value <= (stepValues[i - 1] ?? 0));
    if (bad >= 0 || stepValues.length === 0)
      this.#refuse('policy.stepValues', 'rising whole numbers from 1', stepValues.join(', ') || undefined);
  }

  #assert({ says, has }: Range, name: string, value: unknown): void {
    if (typeof value !== 'number' || !Number.isFinite(value) || !has(value)) this.#refuse(name, says, value);
  }

  #refuse(name: string, expected: string, got: unknown): never {
    const state = got === undefined ? 'missing' : String(got);
    throw new FaceError('SOLVER_INVALID', `${this.#nameOf(name)} is ${state}, expected ${expected}.`);
  }
}
