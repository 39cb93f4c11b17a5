import { expect, test } from 'vitest';
import { formatDuration, progressBar, progressLine, significant } from './progress-line.ts';
import { scalarsOf } from './scalars.ts';

const progress = {
  iteration: 1200,
  maxIterations: 40_000,
  epoch: 3.1,
  loss: 0.123456,
  imagesPerSecond: 56.4,
  waitShare: 0.021,
  secondsLeft: 3723.4,
};

test('a line tells where the run stands', () => {
  expect(progressLine(progress)).toBe('1200/40000, epoch 3.10, loss 0.1235, 56 images/s, waiting 2 %, 1:02:03 left');
  expect(progressLine({ ...progress, loss: Number.NaN, imagesPerSecond: 3.21, secondsLeft: undefined })).toBe(
    '1200/40000, epoch 3.10, loss NaN, 3.2 images/s, waiting 2 %',
  );
});

test.each([
  [0, '0:00'],
  [59.6, '1:00'],
  [3599, '59:59'],
  [3599.5, '1:00:00'],
  [360_000, '100:00:00'],
])('%f seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0, '0.0000'],
  [-0.5, '-0.5000'],
  [1.23456, '1.235'],
  [99.999, '100.00'],
  [123.456, '123.5'],
  [1234.5, '1235'],
  [123_456, '1.23e+5'],
  [0.0001234, '1.23e-4'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
])('%f is told as %s', (value, text) => {
  expect(significant(value)).toBe(text);
});

test('a bar is as full as the share, and never longer', () => {
  expect(progressBar(0.5, 4)).toBe('██░░');
  expect(progressBar(-1, 3)).toBe('░░░');
  expect(progressBar(7, 3)).toBe('███');
});

test('scalars have the names of their group, and only numbers', () => {
  const step = { kind: 'step', iteration: 3, epoch: 1, loss: 2, learningRate: 0.1, gradientNorm: 4 } as const;
  expect(scalarsOf({ ...step, imagesPerSecond: 5, waitShare: 0, activeShare: 0.5, note: 'x' })).toEqual([
    ['train/epoch', 1],
    ['train/loss', 2],
    ['train/learningRate', 0.1],
    ['train/gradientNorm', 4],
    ['train/imagesPerSecond', 5],
    ['train/waitShare', 0],
    ['train/activeShare', 0.5],
  ]);
  const validation = {
    kind: 'validation',
    iteration: 3,
    epoch: 1,
    accuracy: 0.9,
    standardError: 0.01,
    auc: 0.95,
  } as const;
  expect(scalarsOf({ ...validation, bestAccuracy: 0.92, tarAtFar: { '0.01': 0.8 } })).toEqual([
    ['validation/epoch', 1],
    ['validation/accuracy', 0.9],
    ['validation/standardError', 0.01],
    ['validation/auc', 0.95],
    ['validation/bestAccuracy', 0.92],
    ['validation/tarAtFar0.01', 0.8],
  ]);
  expect(scalarsOf({ kind: 'event', iteration: 3, event: 'x' })).toEqual([]);
});
