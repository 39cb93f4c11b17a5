import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { count } from '../count.ts';
import { layOut } from '../graph.ts';
import { conv, depthwise, locallyConnected } from '../layers.ts';
import { network } from '../network.ts';
import type { Layer } from '../operation.ts';
import { invertedBottleneck } from './bottleneck.ts';
import { fire } from './fire.ts';
import { depthwiseSeparable } from './separable.ts';
import { shuffleUnit } from './shuffle.ts';

const size = fc.integer({ min: 1, max: 6 });

interface Setting {
  readonly k: number;
  readonly c: number;
  readonly f: number;
  readonly g: number;
  readonly side: number;
  readonly stride: number;
}

/** A kernel of 2k − 1, c · g channels in, f · g filters. */
const setting: fc.Arbitrary<Setting> = fc.record({
  k: fc.integer({ min: 1, max: 3 }).map((half) => 2 * half - 1),
  c: size,
  f: size,
  g: fc.integer({ min: 1, max: 4 }),
  side: fc.integer({ min: 6, max: 14 }),
  stride: fc.integer({ min: 1, max: 2 }),
});

const costs = (row: Layer, side: number, channels: number) => {
  const { parameters, macs, rows } = count(network('one', { input: [side, side, channels] }, [row]));
  const [height, width] = rows[0]!.output;
  return { parameters, macs, places: height * width, height, width };
};

describe('what layers without a bias cost', () => {
  test('a convolution: k² · C · F / g, and that at each place', () => {
    fc.assert(
      fc.property(setting, ({ k, c, f, g, side, stride }) => {
        const [channels, filters] = [c * g, f * g];
        const row = conv('a', filters, { kernel: k, stride, groups: g, bias: false });
        const { parameters, macs, places } = costs(row, side, channels);
        expect(parameters).toBe((k * k * channels * filters) / g);
        expect(macs).toBe(parameters * places);
      }),
    );
  });

  test('a depthwise convolution: k² · C · m', () => {
    fc.assert(
      fc.property(setting, ({ k, c, g, side, stride }) => {
        const row = depthwise('a', { kernel: k, stride, multiplier: g, bias: false });
        const { parameters, macs, places } = costs(row, side, c);
        expect(parameters).toBe(k * k * c * g);
        expect(macs).toBe(parameters * places);
      }),
    );
  });

  test('a depthwise-separable one: 1 / F + 1 / k² of a full one', () => {
    fc.assert(
      fc.property(setting, ({ k, c, f, side, stride }) => {
        const whole = costs(conv('a', f, { kernel: k, stride, bias: false }), side, c);
        const apart = costs(depthwiseSeparable('a', f, { kernel: k, stride }), side, c);
        expect(apart.parameters).toBe(k * k * c + c * f);
        expect(apart.macs).toBe(apart.parameters * apart.places);
        expect(apart.macs / whole.macs).toBeCloseTo(1 / f + 1 / (k * k), 10);
      }),
    );
  });

  test('a locally connected layer: a kernel a place, or a cell; each place is still computed once', () => {
    fc.assert(
      fc.property(setting, ({ k, c, f, g: region, side, stride }) => {
        const row = locallyConnected('a', f, { kernel: k, stride, region, bias: false });
        const { parameters, macs, places, height, width } = costs(row, side, c);
        expect(parameters).toBe(Math.ceil(height / region) * Math.ceil(width / region) * k * k * c * f);
        expect(macs).toBe(k * k * c * f * places);
      }),
    );
  });
});

test('a 3×3 convolution of 128 to 256 channels needs 294,912 parameters, a separable one 33,920, about 9 times fewer', () => {
  const whole = costs(conv('a', 256, { kernel: 3, bias: false }), 14, 128).parameters;
  const apart = costs(depthwiseSeparable('a', 256), 14, 128).parameters;
  expect([whole, apart]).toEqual([294_912, 33_920]);
  expect(whole / apart).toBeCloseTo(8.694, 3);
});

test('a fire module has Cs + s + s·e1 + e1 + 9·s·e3 + e3 parameters and e1 + e3 channels', () => {
  fc.assert(
    fc.property(size, size, size, size, (c, s, e1, e3) => {
      const { parameters, rows } = count(
        network('one', { input: [5, 5, c] }, [fire('a', { squeeze: s, expand: [e1, e3] })]),
      );
      expect(parameters).toBe(c * s + s + s * e1 + e1 + 9 * s * e3 + e3);
      expect(rows[0]!.output).toEqual([5, 5, e1 + e3]);
    }),
  );
});

const kinds = (row: Layer, channels: number) =>
  layOut(network('one', { input: [8, 8, channels] }, [row])).nodes.map(({ name, operation }) =>
    operation.kind === 'activation' ? `${name}:${operation.function}` : `${name}:${operation.kind}`,
  );

describe('a shuffle unit', () => {
  test('has no ReLU between its depthwise convolution and its last 1×1, and shuffles right after the first', () => {
    const nodes = kinds(shuffleUnit('a', { channels: [24, 24], groups: 3 }), 24);
    expect(nodes).toEqual([
      'a/add/reduce:conv',
      'a/add/reduce/norm:batchNorm',
      'a/add/reduce/relu:relu',
      'a/add/shuffle:channelShuffle',
      'a/add/depthwise:depthwiseConv',
      'a/add/depthwise/norm:batchNorm',
      'a/add/expand:conv',
      'a/add/expand/norm:batchNorm',
      'a/add:add',
      'a/relu:relu',
    ]);
  });

  test('of stride 2 halves the maps and puts its input beside the rest of the channels', () => {
    const unit = shuffleUnit('a', { channels: [24, 240], groups: 3, stride: 2, firstGroups: 1 });
    const graph = layOut(network('one', { input: [8, 8, 24] }, [unit]));
    const merge = graph.nodes.find(({ operation }) => operation.kind === 'concat')!;
    expect(merge.inputShapes).toEqual([
      [4, 4, 24],
      [4, 4, 216],
    ]);
  });
});

describe('an inverted bottleneck', () => {
  test.each([
    [{ channels: [8, 8], stride: 1 } as const, true],
    [{ channels: [8, 8], stride: 2 } as const, false],
    [{ channels: [8, 16], stride: 1 } as const, false],
  ])('of %j adds its input: %s', (options, adds) => {
    const nodes = kinds(invertedBottleneck('a', { ...options, expansion: 2, activation: 'prelu' }), 8);
    expect(nodes.some((node) => node.endsWith(':add'))).toBe(adds);
  });

  test('ends without an activation', () => {
    const nodes = kinds(invertedBottleneck('a', { channels: [8, 16], expansion: 2 }), 8);
    expect(nodes.at(-1)).toBe('a/project/norm:batchNorm');
  });
});
