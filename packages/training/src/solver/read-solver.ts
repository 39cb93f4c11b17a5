import { FaceError } from '@kith/core';
import { lineOf, type Message, numbersOf, parseTextFormat, wholesOf } from '@kith/network';
import { type CaffeFields, caffeFieldNames, caffeFieldsOf, enumOf, quotedOf, solverInvalid } from './caffe-fields.ts';
import { checkSolver } from './check-solver.ts';
import type { LearningRatePolicy } from './learning-rate-policy.ts';
import { type SolverConfig, solverTypes } from './solver-config.ts';
import { solverDefaults } from './solver-of.ts';

/** A solver of a Caffe file; `testIterations` are those of its first test network. */
export interface CaffeSolver extends SolverConfig {
  /** What it says besides how weights are updated. */
  readonly caffe: CaffeFields;
}

/** Caffe's field of each of our settings. */
const settings: Readonly<Record<string, string>> = {
  policy: 'lr_policy',
  'policy.gamma': 'gamma',
  'policy.power': 'power',
  'policy.stepSize': 'stepsize',
  'policy.stepValues': 'stepvalue',
  type: 'type',
  baseLr: 'base_lr',
  momentum: 'momentum',
  momentum2: 'momentum2',
  rmsDecay: 'rms_decay',
  delta: 'delta',
  weightDecay: 'weight_decay',
  regularization: 'regularization_type',
  clipGradients: 'clip_gradients',
  iterationSize: 'iter_size',
  maxIterations: 'max_iter',
  averageLoss: 'average_loss',
  display: 'display',
  testInterval: 'test_interval',
  testIterations: 'test_iter',
  snapshotInterval: 'snapshot',
  seed: 'random_seed',
};
const known = new Set([...Object.values(settings), ...caffeFieldNames, 'solver_type']);
const repeated = new Set(['stepvalue', 'test_iter', 'test_net', 'weights']);

/**
 * Read a solver of Caffe, such as GoogLeNet's. What it leaves out is as Caffe has it: no momentum, no decay.
 *
 * @param prototxt - Text of a `solver.prototxt`.
 * @throws {FaceError} `SOLVER_INVALID` naming the line and the field, what was expected and what was got.
 * @see Jia et al., Caffe, 2014, `SolverParameter` of `caffe.proto`.
 */
export function readSolver(prototxt: string): CaffeSolver {
  try {
    return solverIn(parseTextFormat(prototxt));
  } catch (error) {
    // the reader of the text knows it as a network's
    if (!(error instanceof FaceError) || error.code !== 'NETWORK_INVALID') throw error;
    throw new FaceError('SOLVER_INVALID', error.message, { cause: error });
  }
}

function solverIn(message: Message): CaffeSolver {
  assertFields(message);
  const number = (name: string) => numbersOf(message, name)[0];
  const whole = (name: string, least = 0) => wholesOf(message, name, least)[0];
  const caffe = caffeFieldsOf(message);
  const clip = number('clip_gradients') ?? -1;
  const seed = whole('random_seed', -1) ?? -1;
  const given = {
    type: typeIn(message),
    baseLr: number('base_lr'),
    policy: policyIn(message),
    momentum: number('momentum'),
    momentum2: number('momentum2'),
    rmsDecay: number('rms_decay'),
    delta: number('delta'),
    weightDecay: number('weight_decay'),
    regularization: quotedOf(message, 'regularization_type')[0],
    clipGradients: clip < 0 ? undefined : clip,
    iterationSize: whole('iter_size'),
    maxIterations: whole('max_iter'),
    averageLoss: whole('average_loss'),
    display: whole('display'),
    testInterval: whole('test_interval'),
    testIterations: caffe.testIterations[0],
    snapshotInterval: whole('snapshot'),
    seed: seed < 0 ? undefined : seed,
  };
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const config = { ...solverDefaults, ...present } as SolverConfig;
  checkSolver(config, (name) => {
    const field = settings[name] ?? name;
    return `Line ${lineOf(message, field)}: ${field}`;
  });
  return { ...config, caffe };
}

/** Each field is one that is read, and there once unless it is a list. */
function assertFields({ fields }: Message): void {
  const seen = new Set<string>();
  for (const { name, line } of fields) {
    if (!known.has(name))
      throw new FaceError('SOLVER_INVALID', `Line ${line}: ${name} is not a field of a solver that kith reads.`);
    if (seen.has(name) && !repeated.has(name))
      throw new FaceError('SOLVER_INVALID', `Line ${line}: ${name} is there twice, expected once.`);
    seen.add(name);
  }
}

/** What `type` replaced. */
const oldTypes = ['SGD', 'NESTEROV', 'ADAGRAD', 'RMSPROP', 'ADADELTA', 'ADAM'] as const;

function typeIn(message: Message): string | undefined {
  const [type] = quotedOf(message, 'type');
  const old = enumOf(message, 'solver_type', oldTypes);
  if (old !== undefined && type !== undefined)
    throw solverInvalid(message, 'solver_type', 'is there besides type, expected one of them');
  return solverTypes.find((name) => name.toUpperCase() === old) ?? type;
}

/** The policy with the settings it goes by; what is missing of them is left to the check. */
function policyIn(message: Message): LearningRatePolicy {
  const [gamma, power] = ['gamma', 'power'].map((name) => numbersOf(message, name)[0]);
  const [stepSize] = wholesOf(message, 'stepsize', 1);
  const stepValues = wholesOf(message, 'stepvalue', 1);
  const [kind] = quotedOf(message, 'lr_policy');
  const all = { kind, gamma, power, stepSize, stepValues };
  const needs: Readonly<Record<string, readonly (keyof typeof all)[]>> = {
    fixed: [],
    step: ['gamma', 'stepSize'],
    exp: ['gamma'],
    inv: ['gamma', 'power'],
    multistep: ['gamma', 'stepValues'],
    poly: ['power'],
    sigmoid: ['gamma', 'stepSize'],
  };
  const needed = kind !== undefined && Object.hasOwn(needs, kind) ? needs[kind] : undefined;
  if (!needed) {
    const got = kind === undefined ? 'missing' : JSON.stringify(kind);
    throw solverInvalid(message, 'lr_policy', `is ${got}, expected one of ${Object.keys(needs).join(', ')}`);
  }
  // Caffe's sigmoid only rises
  if (kind === 'sigmoid' && gamma !== undefined && gamma < 0)
    throw solverInvalid(message, 'gamma', `is ${gamma}, expected a number from 0`);
  return Object.fromEntries([['kind', kind], ...needed.map((name) => [name, all[name]])]) as LearningRatePolicy;
}
