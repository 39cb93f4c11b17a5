import fc from 'fast-check';
import { expect, test } from 'vitest';
import { count } from '../count.ts';
import { conv } from '../layers.ts';
import { network } from '../network.ts';
import type { Layer } from '../operation.ts';
import { depthwiseSeparable } from './separable.ts';

const costOf = (layer: Layer, input: readonly [number, number, number]) => count(network('n', { input }, [layer]));

test('3×3 from 128 to 256 channels costs about nine times fewer parameters and multiply-adds when separable', () => {
  const full = costOf(conv('full', 256, { kernel: 3, bias: false }), [14, 14, 128]);
  const separable = costOf(depthwiseSeparable('separable', 256), [14, 14, 128]);
  expect(full.parameters).toBe(294_912);
  expect(separable.parameters).toBe(1152 + 32_768);
  expect(full.parameters / separable.parameters).toBeCloseTo(8.694, 3);
  expect(full.macs / separable.macs).toBeCloseTo(8.694, 3);
});

test('a separable convolution costs 1 / filters + 1 / kernel² of the full one', () => {
  const sizes = fc.record({
    kernel: fc.integer({ min: 1, max: 7 }),
    filters: fc.integer({ min: 1, max: 64 }),
    channels: fc.integer({ min: 1, max: 64 }),
    stride: fc.constantFrom(1, 2),
    side: fc.integer({ min: 1, max: 32 }),
  });
  fc.assert(
    fc.property(sizes, ({ kernel, filters, channels, stride, side }) => {
      const full = costOf(conv('full', filters, { kernel, stride, bias: false }), [side, side, channels]);
      const separable = costOf(depthwiseSeparable('s', filters, { kernel, stride }), [side, side, channels]);
      expect(full.parameters).toBe(kernel ** 2 * channels * filters);
      expect(separable.parameters / full.parameters).toBeCloseTo(1 / filters + 1 / kernel ** 2, 10);
      expect(separable.macs / full.macs).toBeCloseTo(1 / filters + 1 / kernel ** 2, 10);
    }),
  );
});
