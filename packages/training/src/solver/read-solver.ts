import { FaceError } from '@kith/core';
import { flagOf, lineOf, type Message, numbersOf, parseTextFormat, textsOf, wholesOf } from '@kith/network';
import { checkSolver } from './check-solver.ts';
import type { LearningRatePolicy } from './learning-rate-policy.ts';
import type { SolverConfig, SolverType } from './solver-config.ts';
import { solverDefaults } from './solver-of.ts';

/** A solver of a Caffe file. */
export interface CaffeSolver extends SolverConfig {
  /** Fields that say nothing about the updates, such as `net` and `snapshot_prefix`: what they hold, as written. */
  readonly others: ReadonlyMap<string, readonly string[]>;
}

/** Caffe's field of each of our settings. */
const settings: Readonly<Record<string, string>> = {
  'policy.kind': 'lr_policy',
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
const texts = ['net', 'train_net', 'test_net', 'snapshot_prefix', 'weights', 'snapshot_format', 'solver_mode'];
const flags = [
  'test_initialization',
  'test_compute_loss',
  'snapshot_diff',
  'snapshot_after_train',
  'debug_info',
  'layer_wise_reduce',
];
const known = new Set([...Object.values(settings), ...texts, ...flags, 'device_id', 'solver_type']);
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
  const text = (name: string) => textsOf(message, name)[0];
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
    regularization: text('regularization_type'),
    clipGradients: clip < 0 ? undefined : clip,
    iterationSize: whole('iter_size'),
    maxIterations: whole('max_iter'),
    averageLoss: whole('average_loss'),
    display: whole('display'),
    testInterval: whole('test_interval'),
    testIterations: whole('test_iter'),
    snapshotInterval: whole('snapshot'),
    seed: seed < 0 ? undefined : seed,
  };
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const config = { ...solverDefaults, ...present } as SolverConfig;
  checkSolver(config, (name) => {
    const field = settings[name] ?? name;
    return `Line ${lineOf(message, field)}: ${field}`;
  });
  return { ...config, others: othersIn(message) };
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

/** Before there was `type`, an enum. */
const oldTypes: readonly SolverType[] = ['SGD', 'Nesterov', 'AdaGrad', 'RMSProp', 'AdaDelta', 'Adam'];

function typeIn(message: Message): string | undefined {
  const [old] = textsOf(message, 'solver_type');
  if (old === undefined) return textsOf(message, 'type')[0];
  const found = oldTypes.find((type, i) => type.toUpperCase() === old || String(i) === old);
  if (found) return found;
  throw new FaceError(
    'SOLVER_INVALID',
    `Line ${lineOf(message, 'solver_type')}: solver_type is ${old}, expected one of ${oldTypes.join(', ').toUpperCase()}.`,
  );
}

/** The policy with the settings it goes by; a policy that Caffe lacks is left to the check. */
function policyIn(message: Message): LearningRatePolicy {
  const [gamma, power] = ['gamma', 'power'].map((name) => numbersOf(message, name)[0]);
  const [stepSize] = wholesOf(message, 'stepsize', 1);
  const stepValues = wholesOf(message, 'stepvalue', 1);
  const kind = textsOf(message, 'lr_policy')[0];
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
    const names = Object.keys(needs).join(', ');
    throw new FaceError(
      'SOLVER_INVALID',
      `Line ${lineOf(message, 'lr_policy')}: lr_policy is ${got}, expected one of ${names}.`,
    );
  }
  return Object.fromEntries([['kind', kind], ...needed.map((name) => [name, all[name]])]) as LearningRatePolicy;
}

/** What the updates do not need, checked for its kind. */
function othersIn(message: Message): ReadonlyMap<string, readonly string[]> {
  for (const name of flags) flagOf(message, name, false);
  wholesOf(message, 'device_id', 0);
  const tests = wholesOf(message, 'test_iter', 0).length > 1 ? ['test_iter'] : [];
  const names = [...texts, ...flags, 'device_id', ...tests];
  const found = names.map((name) => [name, textsOf(message, name)] as const);
  return new Map(found.filter(([, values]) => values.length > 0));
}
