import { describe, expect, test } from 'vitest';
import { numbers, randomWeights } from '../adapters/tfjs/numbers.test-support.ts';
import { conv, dense, globalAveragePool, maxPool, relu } from '../layers.ts';
import { network } from '../network.ts';
import { strongestUnits } from './strongest-units.ts';

const table = network('small', { input: [12, 12, 1] }, [
  conv('conv1', 2, { kernel: 3, padding: 'valid', bias: false, activation: 'relu' }),
  maxPool('pool1', { kernel: 2, stride: 2 }),
  globalAveragePool('mean'),
  dense('fc', 3),
]);

/** Unit 0 looks for a bright point, unit 1 for an edge that brightens to the right. */
const kernels = [
  [0, -1, 0, -1, 4, -1, 0, -1, 0],
  [-1, 0, 1, -1, 0, 1, -1, 0, 1],
];
const weights = new Map([
  [
    'conv1/kernel',
    { shape: [3, 3, 1, 2], data: Float32Array.from({ length: 18 }, (_, i) => kernels[i % 2]![i >> 1]!) },
  ],
  ['fc/kernel', { shape: [2, 3], data: Float32Array.of(1, 0, -1, 0, 1, -1) }],
  ['fc/bias', { shape: [3], data: new Float32Array(3) }],
]);
const model = { network: table, weights };

/** Dark, with one bright point and a bright right half of its last rows. */
const input = Float32Array.from({ length: 144 }, (_, i) => {
  const [y, x] = [Math.floor(i / 12), i % 12];
  return (y === 2 && x === 3) || (y > 6 && x > 7) ? 10 : 0;
});

describe('strongestUnits', () => {
  test('shows of a unit where its pattern is, and the pattern', () => {
    const { layer, units } = strongestUnits(model, input, { layer: 'conv1' });
    expect(layer).toBe('conv1');
    expect(units.map(({ unit, activation }) => [unit, activation])).toEqual([
      [0, 40],
      [1, 30],
    ]);
    expect(units[0]).toMatchObject({ place: [1, 2], field: { top: 1, right: 5, bottom: 4, left: 2 } });
    // its filter, as strong as it answered
    expect(units[0]!.pixels[2 * 12 + 3]).toBe(160);
    expect(units[0]!.pixels[12 + 3]).toBe(-40);
    expect(units[1]!.place[1]).toBe(6);
  });

  test('through a pool comes back to the same place; the layer is by default the last with maps', () => {
    const direct = strongestUnits(model, input, { layer: 'conv1' }).units[0]!;
    const { layer, units } = strongestUnits(model, input);
    expect(layer).toBe('pool1');
    expect(units[0]!.pixels).toEqual(direct.pixels);
  });

  test('gives one unit where asked, also of a vector, and only active ones else', () => {
    expect(strongestUnits(model, input, { layer: 'conv1', unit: 1 }).units.map(({ unit }) => unit)).toEqual([1]);
    // the third unit of fc is negative
    expect(
      strongestUnits(model, input, { layer: 'fc' })
        .units.map(({ unit }) => unit)
        .toSorted(),
    ).toEqual([0, 1]);
    expect(strongestUnits(model, input, { layer: 'fc', unit: 2 }).units[0]!.activation).toBeLessThan(0);
    expect(strongestUnits(model, input, { layer: 'conv1', count: 1 }).units).toHaveLength(1);
  });

  test('finds layers inside rows, and refuses what is not there', () => {
    const views = (layer: string) => strongestUnits(model, numbers(144, 3), { layer }).units;
    expect(views('conv1/relu')).toEqual(views('conv1'));
    const refused = (options: object) => () => strongestUnits(model, input, options);
    expect(refused({ layer: 'none' })).toThrow(/expected one of: conv1, pool1, mean, fc/);
    expect(refused({ layer: 'conv1', unit: 2 })).toThrow(/units 0 to 1, got 2/);
    expect(refused({ layer: 'conv1', unit: 0.5 })).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  test('has nothing to show where nothing is active', () => {
    const still = network('still', { input: [4, 4, 1] }, [relu('r')]);
    expect(strongestUnits({ network: still, weights: randomWeights(still, 1) }, new Float32Array(16)).units).toEqual(
      [],
    );
  });
});
