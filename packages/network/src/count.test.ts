import { describe, expect, test } from 'vitest';
import { count } from './count.ts';
import { conv, dense, depthwise, globalAveragePool, locallyConnected, maxPool, transposedConv } from './layers.ts';
import { network } from './network.ts';
import type { Layer } from './operation.ts';

const countOf = (rows: readonly Layer[], side = 16) => count(network('n', { input: [side, side, 3] }, rows));

test('rows tell sizes, parameters and multiply-adds, and add up', () => {
  const counted = countOf([
    conv('c', 8, { kernel: 3, stride: 2, norm: {}, activation: 'prelu' }),
    depthwise('d', { kernel: 3, bias: false }),
    locallyConnected('l', 4, { kernel: 3, stride: 2 }),
    dense('fc', 10),
  ]);
  expect(counted.rows).toEqual([
    { name: 'c', output: [8, 8, 8], parameters: 27 * 8 + 8 + 16 + 8, macs: 27 * 8 * 64 },
    { name: 'd', output: [8, 8, 8], parameters: 72, macs: 72 * 64 },
    { name: 'l', output: [3, 3, 4], parameters: 9 * (72 * 4 + 4), macs: 9 * 72 * 4 },
    { name: 'fc', output: [1, 1, 10], parameters: 370, macs: 360 },
  ]);
  expect(counted.parameters).toBe(248 + 72 + 2628 + 370);
  expect(counted.macs).toBe(13_824 + 4608 + 2592 + 360);
});

test('places of one cell share their kernel', () => {
  const { rows } = countOf([locallyConnected('l', 4, { kernel: 2, region: 2, bias: false })], 6);
  // 5×5 places in 3×3 cells
  expect(rows).toEqual([{ name: 'l', output: [5, 5, 4], parameters: 9 * 12 * 4, macs: 25 * 12 * 4 }]);
});

describe('receptive field', () => {
  test.each([
    ['dilations of 1, 2, 4', [1, 2, 4].map((dilation) => conv(`c${dilation}`, 4, { kernel: 3, dilation })), 15],
    ['a stride before a kernel', [conv('a', 4, { kernel: 3, stride: 2 }), conv('b', 4, { kernel: 3 })], 7],
    ['the longer side', [conv('a', 4, { kernel: [1, 7] })], 7],
    ['a pool', [conv('a', 4, { kernel: 3 }), maxPool('p', { kernel: 2, stride: 2 }), globalAveragePool('g')], 4],
    [
      'a transposed convolution',
      [conv('a', 4, { kernel: 3, stride: 2 }), transposedConv('t', 4, { kernel: 4, stride: 2 })],
      5,
    ],
  ])('of %s', (_, rows, expected) => {
    expect(countOf(rows).receptiveField).toBe(expected);
  });
});
