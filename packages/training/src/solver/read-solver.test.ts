import { expect, test } from 'vitest';
import { learningRate } from './learning-rate.ts';
import { readSolver } from './read-solver.ts';

const googleNet = `# as published
net: "models/bvlc_googlenet/train_val.prototxt"
test_iter: 1000
test_interval: 4000
test_initialization: false
display: 40
average_loss: 40
base_lr: 0.01
lr_policy: "step"
stepsize: 320000
gamma: 0.96
max_iter: 10000000
momentum: 0.9
weight_decay: 0.0002
snapshot: 40000
snapshot_prefix: "models/bvlc_googlenet/bvlc_googlenet"
solver_mode: GPU
`;

test("GoogLeNet's solver gives its schedule", () => {
  const solver = readSolver(googleNet);
  expect(solver).toEqual({
    ...{ type: 'SGD', baseLr: 0.01, policy: { kind: 'step', gamma: 0.96, stepSize: 320_000 } },
    ...{ momentum: 0.9, momentum2: 0.999, rmsDecay: 0.99, delta: 1e-8, weightDecay: 0.0002, regularization: 'L2' },
    ...{ iterationSize: 1, maxIterations: 10_000_000, averageLoss: 40, display: 40, seed: 1 },
    ...{ testInterval: 4000, testIterations: 1000, snapshotInterval: 40_000 },
    others: new Map([
      ['net', ['models/bvlc_googlenet/train_val.prototxt']],
      ['snapshot_prefix', ['models/bvlc_googlenet/bvlc_googlenet']],
      ['solver_mode', ['GPU']],
      ['test_initialization', ['false']],
    ]),
  });
  for (const [iteration, rate] of [
    [0, 0.01],
    [319_999, 0.01],
    [320_000, 0.0096],
    [640_000, 0.009216],
  ] as const)
    expect(learningRate(solver, iteration)).toBeCloseTo(rate, 12);
});

test('the quick variant falls as a root, to nothing after 2.4 million updates', () => {
  const quick = readSolver(
    googleNet
      .replace('lr_policy: "step"', 'lr_policy: "poly"')
      .replace('stepsize: 320000', 'power: 0.5')
      .replace('gamma: 0.96\n', '')
      .replace('max_iter: 10000000', 'max_iter: 2400000'),
  );
  expect(quick.policy).toEqual({ kind: 'poly', power: 0.5 });
  expect([0, 1_200_000, 2_400_000].map((iteration) => learningRate(quick, iteration))).toEqual([
    0.01,
    expect.closeTo(0.0070711, 7),
    0,
  ]);
});

const short = 'base_lr: 0.1\nmax_iter: 9\n';

test('all that Caffe knows is read: lists, types new and old, clipping, seeds', () => {
  const solver = readSolver(
    `${short}lr_policy: "multistep" gamma: .1 stepvalue: 3 stepvalue: 6 type: "Nesterov" regularization_type: "L1"
     clip_gradients: 35 iter_size: 4 random_seed: 7 test_iter: 5 test_iter: 6`,
  );
  expect(solver).toMatchObject({
    ...{ type: 'Nesterov', regularization: 'L1', clipGradients: 35, iterationSize: 4, seed: 7, testIterations: 5 },
    policy: { kind: 'multistep', gamma: 0.1, stepValues: [3, 6] },
  });
  expect(solver.others.get('test_iter')).toEqual(['5', '6']);
  const fixed = `${short}lr_policy: "fixed"`;
  expect(readSolver(`${fixed} clip_gradients: -1 random_seed: -1`)).toEqual(readSolver(fixed));
  expect(readSolver(`${fixed} solver_type: ADADELTA momentum: .95`).type).toBe('AdaDelta');
  expect(readSolver(`${fixed} solver_type: 1`).type).toBe('Nesterov');
  expect(readSolver(`${fixed} type: "Adam"`).momentum).toBe(0);
});

test.each([
  ['momentun: 0.9', 'Line 4: momentun is not a field'],
  ['net_param { }', 'Line 4: net_param is not a field'],
  ['momentum: 0.9 momentum: 0.8', 'Line 4: momentum is there twice'],
  ['momentum: 1', 'Line 4: momentum is 1, expected a number from 0 to below 1'],
  ['momentum: "many"', 'Line 4: momentum is "many", expected a number'],
  ['momentum { }', 'Line 4: momentum is a block'],
  ['type: "AdaGrad" momentum: 0.9', 'Line 4: momentum is 0.9, expected 0 for AdaGrad'],
  ['type: "Adagrad"', 'Line 4: type is Adagrad, expected one of SGD'],
  ['solver_type: 9', 'Line 4: solver_type is 9, expected one of SGD'],
  ['iter_size: 0', 'Line 4: iter_size is 0, expected a whole number from 1'],
  ['display: 1.5', 'Line 4: display is 1.5, expected a whole number from 0'],
  ['clip_gradients: 0', 'Line 4: clip_gradients is 0'],
  ['regularization_type: "L0"', 'Line 4: regularization_type is L0'],
  ['snapshot_diff: maybe', 'Line 4: snapshot_diff is "maybe", expected true or false'],
  ['display', 'Line 4: expected'],
])('a fault is named with its line: %s', (line, message) => {
  expect(() => readSolver(`${short}lr_policy: "fixed"\n${line}`)).toThrow(
    expect.objectContaining({ code: 'SOLVER_INVALID', message: expect.stringContaining(message) }),
  );
});

test.each([
  ['max_iter: 9 lr_policy: "fixed"', 'base_lr is missing'],
  ['base_lr: 0.1 lr_policy: "fixed"', 'max_iter is missing'],
  ['base_lr: 0.1 max_iter: 9', 'lr_policy is missing, expected one of fixed, step'],
  ['base_lr: 0.1 max_iter: 9 lr_policy: "cosine"', 'lr_policy is "cosine"'],
  ['base_lr: 0.1 max_iter: 9 lr_policy: "toString"', 'lr_policy is "toString"'],
  ['base_lr: 0.1 max_iter: 9 lr_policy: "step" gamma: .1', 'stepsize is missing'],
  ['base_lr: 0.1 max_iter: 9 lr_policy: "multistep" gamma: .1', 'stepvalue is missing'],
  ['base_lr: 0.1 max_iter: 9 lr_policy: "multistep" gamma: .1 stepvalue: [6, 3]', 'stepvalue is 6, 3'],
])('what is missing is named: %s', (text, message) => {
  expect(() => readSolver(text)).toThrow(
    expect.objectContaining({ code: 'SOLVER_INVALID', message: expect.stringContaining(`Line 1: ${message}`) }),
  );
});
