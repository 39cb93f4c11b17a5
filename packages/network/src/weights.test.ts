import { describe, expect, test } from 'vitest';
import { conv, dense, transposedConv } from './layers.ts';
import { network } from './network.ts';
import { assertWeightsFit, initialWeights, type WeightTensor } from './weights.ts';

const table = network('n', { input: [8, 8, 3] }, [
  conv('a', 64, { kernel: 3, norm: {}, activation: 'prelu' }),
  transposedConv('up', 64, { kernel: 4, stride: 2, bias: false, groups: 64 }),
  dense('fc', 4),
]);

describe('weights that do not fit are refused, and the tensor is named', () => {
  const changed = (change: (weights: Map<string, WeightTensor>) => void) => {
    const weights = new Map(initialWeights(table));
    change(weights);
    return () => assertWeightsFit(table, weights);
  };
  const zeros = (shape: readonly number[], length: number) => ({ shape, data: new Float32Array(length) });

  test('those that fit pass', () => {
    expect(changed(() => undefined)).not.toThrow();
  });

  test.each([
    ['missing', (w: Map<string, WeightTensor>) => w.delete('a/bias'), 'WEIGHTS_MISMATCH', /needs a\/bias/],
    ['extra', (w: Map<string, WeightTensor>) => w.set('b/bias', zeros([1], 1)), 'WEIGHTS_MISMATCH', /no b\/bias/],
    [
      'of another shape',
      (w: Map<string, WeightTensor>) => w.set('a/bias', zeros([32], 32)),
      'WEIGHTS_MISMATCH',
      /a\/bias is 32, expected 64/,
    ],
    [
      'too short',
      (w: Map<string, WeightTensor>) => w.set('a/bias', zeros([64], 63)),
      'WEIGHTS_MISMATCH',
      /a\/bias has 63 numbers, expected 64/,
    ],
    [
      'not a number',
      (w: Map<string, WeightTensor>) => w.get('fc/kernel')!.data.fill(Number.NaN, 7, 8),
      'WEIGHTS_NOT_FINITE',
      /fc\/kernel holds NaN at 7/,
    ],
    [
      'infinite',
      (w: Map<string, WeightTensor>) => w.get('a/norm/mean')!.data.fill(Number.POSITIVE_INFINITY),
      'WEIGHTS_NOT_FINITE',
      /Infinity/,
    ],
    [
      'a variance below zero',
      (w: Map<string, WeightTensor>) => w.get('a/norm/variance')!.data.fill(-1, 3, 4),
      'WEIGHTS_NOT_FINITE',
      /a\/norm\/variance holds -1 at 3/,
    ],
  ])('%s', (_, change, code, message) => {
    expect(changed(change)).toThrow(expect.objectContaining({ code }));
    expect(changed(change)).toThrow(message);
  });
});

test('kernels start with the deviation of He, the same for the same seed', () => {
  const kernel = initialWeights(table).get('a/kernel')!.data;
  const squares = kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length;
  // a variance of 1,728 normal numbers is known to about 3.4 %
  expect(squares / (2 / 27)).toBeGreaterThan(0.85);
  expect(squares / (2 / 27)).toBeLessThan(1.15);
  expect(initialWeights(table).get('a/kernel')!.data).toEqual(kernel);
  expect(initialWeights(table, { seed: 2 }).get('a/kernel')!.data).not.toEqual(kernel);
});

test('a transposed convolution starts as bilinear interpolation', () => {
  const { shape, data } = initialWeights(table).get('up/kernel')!;
  expect(shape).toEqual([4, 4, 1, 64]);
  const profile = [0.25, 0.75, 0.75, 0.25];
  for (let y = 0; y < 4; y++)
    for (let x = 0; x < 4; x++) expect(data[(y * 4 + x) * 64 + 9]).toBeCloseTo(profile[y]! * profile[x]!, 6);
});
