import { FaceError } from '@kith/core';
import fc from 'fast-check';
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
    caffe: {
      ...{ net: 'models/bvlc_googlenet/train_val.prototxt', trainNet: undefined, testNets: [], weights: [] },
      ...{ testIterations: [1000], testInitialization: false, testComputeLoss: false },
      ...{ snapshotPrefix: 'models/bvlc_googlenet/bvlc_googlenet', snapshotFormat: 'BINARYPROTO' },
      ...{ snapshotDiff: false, snapshotAfterTrain: true, solverMode: 'GPU', deviceId: 0 },
      ...{ debugInfo: false, layerWiseReduce: true },
    },
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
  expect(solver.caffe.testIterations).toEqual([5, 6]);
  const fixed = `${short}lr_policy: "fixed"`;
  expect(readSolver(`${fixed} clip_gradients: -1 random_seed: -1`)).toEqual(readSolver(fixed));
  expect(readSolver(`${fixed} solver_type: ADADELTA momentum: .95`).type).toBe('AdaDelta');
  expect(readSolver(`${fixed} solver_type: 1`).type).toBe('Nesterov');
  expect(readSolver(`${fixed} type: "Adam"`).momentum).toBe(0);
  const rest = `train_net: "a" test_net: ["b", "c"] solver_mode: 0 snapshot_format: HDF5 device_id: 2 weights: "w" debug_info: true`;
  expect(readSolver(`${fixed} ${rest}`).caffe).toMatchObject({
    ...{ net: undefined, trainNet: 'a', testNets: ['b', 'c'], solverMode: 'CPU', snapshotFormat: 'HDF5' },
    ...{ deviceId: 2, weights: ['w'], debugInfo: true, snapshotPrefix: undefined, testIterations: [] },
  });
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
  ['solver_mode: TPU', 'Line 4: solver_mode is TPU, expected one of CPU, GPU'],
  ['snapshot_format: "NPY"', 'Line 4: snapshot_format is NPY, expected one of HDF5, BINARYPROTO'],
  ['net: 3', 'Line 4: net is 3, expected a text in quotes'],
  ['type: Nesterov', 'Line 4: type is Nesterov, expected a text in quotes'],
  ['net: "a" train_net: "b"', 'Line 4: train_net is there besides net'],
  ['type: "Adam" solver_type: ADAM', 'Line 4: solver_type is there besides type'],
  ['device_id: -1', 'Line 4: device_id is -1, expected a whole number from 0'],
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
  // in our own settings such a sigmoid falls; Caffe's only rises
  ['base_lr: 0.1 max_iter: 9 lr_policy: "sigmoid" gamma: -.1 stepsize: 5', 'gamma is -0.1, expected a number from 0'],
])('what is missing is named: %s', (text, message) => {
  expect(() => readSolver(text)).toThrow(
    expect.objectContaining({ code: 'SOLVER_INVALID', message: expect.stringContaining(`Line 1: ${message}`) }),
  );
});

test('whatever the text, a solver or a coded error', () => {
  const survives = (text: string) => {
    try {
      expect(learningRate(readSolver(text), 5)).toBeGreaterThanOrEqual(0);
    } catch (error) {
      if (!(error instanceof FaceError)) throw error;
      expect(error.code).toBe('SOLVER_INVALID');
    }
  };
  const words = [
    '{',
    '}',
    ':',
    '"',
    '#',
    '\n',
    '1',
    '-3',
    '1e400',
    'nan',
    'true',
    '"step"',
    'gamma',
    'type',
    'net',
    '[',
    ']',
  ];
  const edits = fc.tuple(fc.nat(googleNet.length), fc.nat(40), fc.constantFrom(...words), fc.boolean());
  fc.assert(
    fc.property(edits, ([at, length, word, isDoubled]) => {
      const cut = googleNet.slice(at, at + length);
      survives(googleNet.slice(0, at) + (isDoubled ? cut + cut : word) + googleNet.slice(at + length));
    }),
    { numRuns: 1000 },
  );
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), survives), { numRuns: 300 });
});
