import {
  batchNorm,
  conv,
  dense,
  depthwise,
  elementsOf,
  embeddingLookup,
  initialWeights,
  type Layer,
  layOut,
  locallyConnected,
  network,
  parameters,
  prelu,
  type Shape,
  transposedConv,
} from '@kith/network';
import { describe, expect, test } from 'vitest';
import { type FillOptions, fillWeights } from './fill-weights.ts';
import type { Filler } from './filler.ts';

/** What the one layer of a network starts with. */
function filled(layer: Layer, filler: Filler, { input = [6, 6, 4] as Shape, part = 'kernel', seed = 1 } = {}) {
  const options: FillOptions = { filler: ({ name }) => (name === `l/${part}` ? filler : undefined), seed };
  return fillWeights(network('one', { input }, [layer]), options).get(`l/${part}`)!;
}

const sum = (list: ArrayLike<number>) => Array.from(list).reduce((all, value) => all + value, 0);
const momentsOf = (list: Float32Array) => {
  const mean = sum(list) / list.length;
  return { mean, variance: sum(list.map((value) => (value - mean) ** 2)) / list.length };
};

describe('fans are those of the blob that Caffe would have', () => {
  const input: Shape = [6, 6, 4];
  test.each<[string, Layer, Shape, readonly number[]]>([
    ['conv', conv('l', 8, { kernel: [3, 5] }), input, [8, 4, 3, 5]],
    ['conv in groups', conv('l', 8, { kernel: 3, groups: 2 }), input, [8, 2, 3, 3]],
    ['depthwise', depthwise('l', { kernel: 3, multiplier: 2 }), input, [8, 1, 3, 3]],
    ['transposed', transposedConv('l', 8, { kernel: 4, groups: 2 }), input, [4, 4, 4, 4]],
    ['dense', dense('l', 10), input, [10, 144]],
    ['locally connected, at its only place', locallyConnected('l', 8, { kernel: 6 }), input, [8, 4, 6, 6]],
    ['embedding', embeddingLookup('l', 7, 5), [1], [7, 5]],
  ])('%s', (_, layer, shape, blob) => {
    const [kernel] = parameters(layOut(network('one', { input: shape }, [layer])));
    const count = blob.reduce((all, size) => all * size, 1);
    expect(elementsOf(kernel!.shape)).toBe(count);
    expect([kernel!.fanIn, kernel!.fanOut]).toEqual([count / blob[0]!, count / blob[1]!]);
  });
});

describe('numbers have the mean, the variance and the bounds of their filler', () => {
  // 160,000 weights; fan in 200, fan out 800
  const layer = dense('l', 800);
  const input: Shape = [200];
  const fans = { in: 200, average: 500, out: 800 } as const;

  test.each(['in', 'average', 'out'] as const)('xavier and msra by fan %s', (fan) => {
    const even = filled(layer, { kind: 'xavier', fan }, { input }).data;
    const bound = Math.sqrt(3 / fans[fan]);
    expect(momentsOf(even).variance * fans[fan]).toBeCloseTo(1, 1.5);
    const most = even.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 0);
    expect(most).toBeLessThanOrEqual(Math.fround(bound));
    expect(most).toBeGreaterThan(bound * 0.999);
    const normal = filled(layer, { kind: 'msra', fan }, { input }).data;
    expect(momentsOf(normal).variance * fans[fan]).toBeCloseTo(2, 1.5);
    // a normal number is within one deviation of its mean 68.27 times in 100
    const within = normal.filter((value) => Math.abs(value) < Math.sqrt(2 / fans[fan])).length / normal.length;
    expect(within).toBeCloseTo(0.6827, 2);
  });

  test('by default the fan is the inputs; Glorot is the average, twice what n = in + out gives', () => {
    expect(filled(layer, { kind: 'xavier' }, { input })).toEqual(
      filled(layer, { kind: 'xavier', fan: 'in' }, { input }),
    );
    expect(filled(layer, { kind: 'msra' }, { input })).toEqual(filled(layer, { kind: 'msra', fan: 'in' }, { input }));
    const { variance } = momentsOf(filled(layer, { kind: 'xavier', fan: 'average' }, { input }).data);
    expect(variance * (fans.in + fans.out)).toBeCloseTo(2, 1.5);
  });

  test('gaussian and uniform, with Caffe’s defaults and without', () => {
    const normal = momentsOf(filled(layer, { kind: 'gaussian' }, { input }).data);
    expect([normal.mean, normal.variance]).toEqual([expect.closeTo(0, 1.5), expect.closeTo(1, 1.5)]);
    const own = momentsOf(filled(layer, { kind: 'gaussian', mean: 3, deviation: 0.5 }, { input }).data);
    expect([own.mean, own.variance]).toEqual([expect.closeTo(3, 1.5), expect.closeTo(0.25, 2)]);
    const even = momentsOf(filled(layer, { kind: 'uniform' }, { input }).data);
    expect([even.mean, even.variance]).toEqual([expect.closeTo(0.5, 2), expect.closeTo(1 / 12, 2.5)]);
    const wide = filled(layer, { kind: 'uniform', min: -2, max: 1 }, { input }).data;
    expect(momentsOf(wide).variance).toBeCloseTo(9 / 12, 1.5);
    expect(wide.every((value) => value >= -2 && value <= 1)).toBe(true);
  });

  test('a sparse gaussian has as many weights of each input as it says', () => {
    const { data } = filled(layer, { kind: 'gaussian', sparse: 40 }, { input });
    const kept = data.filter((value) => value !== 0);
    expect(kept.length / fans.in).toBeCloseTo(40, -0.5);
    expect(momentsOf(kept).variance).toBeCloseTo(1, 1);
  });

  test('constants', () => {
    expect([...filled(dense('l', 3), { kind: 'constant' }, { part: 'bias' }).data]).toEqual([0, 0, 0]);
    expect([...filled(dense('l', 2), { kind: 'constant', value: 0.5 }, { part: 'bias' }).data]).toEqual([0.5, 0.5]);
  });
});

describe('positive unit balls: the weights of each output are positive and add up to 1', () => {
  /** Sums of the weights of each output, by the layout of its kind. */
  const sumsOf = (shape: readonly number[], data: Float32Array, outputOf: (place: readonly number[]) => string) => {
    const sums = new Map<string, number>();
    data.forEach((value, at) => {
      let rest = at;
      const place = shape.map(() => 0);
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        place[axis] = rest % shape[axis]!;
        rest = Math.floor(rest / shape[axis]!);
      }
      const output = outputOf(place);
      sums.set(output, (sums.get(output) ?? 0) + value);
    });
    return sums;
  };

  test.each<[string, Layer, number, (place: readonly number[]) => string, Shape?]>([
    ['conv', conv('l', 8, { kernel: 3, groups: 2 }), 8, ([, , , filter]) => `${filter}`],
    ['depthwise', depthwise('l', { kernel: 3, multiplier: 2 }), 8, ([, , channel, copy]) => `${channel} ${copy}`],
    ['dense', dense('l', 10), 10, ([, unit]) => `${unit}`],
    // of 6 × 6 places, kernels of 3 fit at 4 × 4
    ['locally connected', locallyConnected('l', 5, { kernel: 3 }), 80, ([y, x, , filter]) => `${y} ${x} ${filter}`],
    // Caffe's blobs of transposed convolutions have the channels that are read first
    ['transposed', transposedConv('l', 8, { kernel: 4, groups: 2 }), 4, ([, , , channel]) => `${channel}`],
    ['embedding', embeddingLookup('l', 7, 5), 7, ([row]) => `${row}`, [1]],
  ])('%s', (_, layer, outputs, outputOf, input = [6, 6, 4]) => {
    const { shape, data } = filled(layer, { kind: 'positiveUnitball' }, { input });
    const sums = sumsOf(shape, data, outputOf);
    expect(sums.size).toBe(outputs);
    for (const total of sums.values()) expect(total).toBeCloseTo(1, 6);
    expect(data.every((value) => value >= 0)).toBe(true);
    expect(new Set(data).size).toBeGreaterThan(data.length / 2);
  });
});

describe('bilinear kernels', () => {
  const profileOf = (kernel: number) => {
    const { data } = filled(transposedConv('l', 4, { kernel, groups: 4 }), { kind: 'bilinear' });
    return Array.from({ length: kernel }, (_, x) => data[x * 4]! / data[0]!);
  };

  test('rise and fall in a line', () => {
    expect(profileOf(4)).toEqual([1, 3, 3, 1]);
    expect(profileOf(3)).toEqual([1, 2, 1]);
    expect(profileOf(5)).toEqual([1, 2, 3, 2, 1].map((value) => expect.closeTo(value, 5)));
    const { data } = filled(transposedConv('l', 4, { kernel: 4, groups: 4 }), { kind: 'bilinear' });
    expect([0, 1, 5, 6].map((place) => data[place * 4])).toEqual([0.0625, 0.1875, 0.5625, 0.5625]);
  });

  test('are those that transposed convolutions of single channels start with', () => {
    const layer = transposedConv('l', 4, { kernel: 4, stride: 2, groups: 4, bias: false });
    const one = network('one', { input: [6, 6, 4] }, [layer]);
    expect(filled(layer, { kind: 'bilinear' })).toEqual(initialWeights(one).get('l/kernel'));
  });

  test.each([2, 3, 4])('enlarge a slope %d times to a slope', (factor) => {
    const kernel = 2 * factor - (factor % 2);
    const { data } = filled(transposedConv('l', 4, { kernel, groups: 4 }), { kind: 'bilinear' });
    const slope = (y: number, x: number) => 5 + 2 * x - 3 * y;
    const count = 6;
    const size = (count - 1) * factor + kernel;
    const large = Array.from({ length: size }, () => new Array<number>(size).fill(0));
    for (let y = 0; y < count; y++)
      for (let x = 0; x < count; x++)
        for (let i = 0; i < kernel; i++)
          for (let j = 0; j < kernel; j++)
            large[y * factor + i]![x * factor + j]! += slope(y, x) * data[(i * kernel + j) * 4]!;
    const centre = (kernel - 1) / 2;
    // away from the borders, where a kernel's worth of neighbours is missing
    for (let y = kernel; y < size - kernel; y++)
      for (let x = kernel; x < size - kernel; x++)
        expect(large[y]![x]).toBeCloseTo(slope((y - centre) / factor, (x - centre) / factor), 4);
  });

  test('go from every channel to every channel, as in Caffe', () => {
    const { shape, data } = filled(conv('l', 3, { kernel: 4 }), { kind: 'bilinear' });
    expect(shape).toEqual([4, 4, 4, 3]);
    expect(new Set(data.subarray(0, 12))).toEqual(new Set([0.0625]));
  });
});

describe('a network', () => {
  const table = network('small', { input: [8, 8, 3] }, [
    conv('one', 4, { kernel: 3, norm: {}, activation: 'prelu' }),
    transposedConv('up', 4, { kernel: 4, stride: 2, groups: 4 }),
    dense('out', 5),
  ]);

  test('gets one filler in its kernels, all else being as it would be', () => {
    const weights = fillWeights(table, { filler: { kind: 'constant', value: 2 } });
    const initial = initialWeights(table);
    expect([...weights.keys()]).toEqual([...initial.keys()]);
    for (const [name, { shape, data }] of weights) {
      expect(shape).toEqual(initial.get(name)!.shape);
      if (['one/kernel', 'out/kernel'].includes(name)) expect(new Set(data)).toEqual(new Set([2]));
      else expect(data).toEqual(initial.get(name)!.data);
    }
  });

  test('is filled by xavier if nothing is said', () => {
    expect(fillWeights(table, { seed: 3 })).toEqual(fillWeights(table, { filler: { kind: 'xavier' }, seed: 3 }));
    const bound = Math.sqrt(3 / 27);
    expect(
      fillWeights(table)
        .get('one/kernel')!
        .data.every((value) => Math.abs(value) <= bound),
    ).toBe(true);
  });

  test('is the same for the same seed, parameter by parameter', () => {
    const filler: Filler = { kind: 'gaussian' };
    expect(fillWeights(table, { filler, seed: 5 })).toEqual(fillWeights(table, { filler, seed: 5 }));
    const other = fillWeights(table, { filler, seed: 6 });
    expect(other.get('out/kernel')).not.toEqual(fillWeights(table, { filler, seed: 5 }).get('out/kernel'));
    const longer = network('longer', { input: [8, 8, 3] }, [batchNorm('first'), ...table.rows]);
    const [short, long] = [table, longer].map((one) => fillWeights(one, { filler, seed: 5 }));
    for (const name of ['one/kernel', 'out/kernel']) expect(long!.get(name)).toEqual(short!.get(name));
  });

  test.each<[string, Layer, Filler, string, RegExp]>([
    ['xavier of a bias', dense('l', 3), { kind: 'xavier' }, 'bias', /xavier of l\/bias needs a kernel/],
    ['msra of slopes', prelu('l'), { kind: 'msra' }, 'alpha', /needs a kernel/],
    ['an unknown fan', dense('l', 3), { kind: 'msra', fan: 'both' as 'in' }, 'kernel', /in, average or out, got both/],
    ['a unit ball of a bias', dense('l', 3), { kind: 'positiveUnitball' }, 'bias', /needs a kernel/],
    ['a bilinear dense layer', dense('l', 3), { kind: 'bilinear' }, 'kernel', /kernel of a convolution/],
    ['bilinear local kernels', locallyConnected('l', 3, { kernel: 3 }), { kind: 'bilinear' }, 'kernel', /convolution/],
    ['an oblong bilinear kernel', conv('l', 3, { kernel: [3, 4] }), { kind: 'bilinear' }, 'kernel', /square .* 3×4/],
    ['min above max', dense('l', 3), { kind: 'uniform', min: 2 }, 'kernel', /min ≤ max, got 2 and 1/],
    ['no deviation', dense('l', 3), { kind: 'gaussian', deviation: 0 }, 'kernel', /deviation above 0/],
    ['a value that is none', dense('l', 3), { kind: 'constant', value: Number.NaN }, 'bias', /finite value, got NaN/],
    [
      'more than there are',
      dense('l', 3),
      { kind: 'gaussian', sparse: 4 },
      'kernel',
      /whole number from 0 to 3, got 4/,
    ],
  ])('refuses %s', (_, layer, filler, part, message) => {
    expect(() => filled(layer, filler, { part })).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message) }),
    );
  });
});
