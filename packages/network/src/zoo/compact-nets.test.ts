import { describe, expect, test } from 'vitest';
import { count } from '../count.ts';
import type { Network } from '../network.ts';
import { mobilefacenet, mobilefacenetOf } from './mobilefacenet.ts';
import { mobilenet, mobilenetOf } from './mobilenet.ts';
import { type ShuffleGroups, type ShuffleScale, shufflenet, shufflenetOf } from './shufflenet.ts';
import { squeezenet10, squeezenet11 } from './squeezenet.ts';

/** A row as a paper prints it: its name, output, parameters and million multiply-adds. */
type Printed = readonly [name: string, output: string, parameters: number, millions: number];

/** Rows whose names begin alike count together, as papers print repeated ones. */
function expectRows(table: Network, printed: readonly Printed[]): void {
  const { rows } = count(table);
  for (const [name, output, parameters, millions] of printed) {
    const group = rows.filter((row) => row.name === name || row.name.startsWith(`${name}.`));
    const sum = (of: (row: (typeof rows)[number]) => number) => group.reduce((total, row) => total + of(row), 0);
    expect([name, group.at(-1)?.output.join('×')]).toEqual([name, output]);
    expect([name, sum((row) => row.parameters)]).toEqual([name, parameters]);
    expect([name, Math.abs(sum((row) => row.macs) / 1e6 - millions) < 0.06]).toEqual([name, true]);
  }
}

describe('squeezenet', () => {
  test('1.0 has the sizes, parameters and multiply-adds of its table', () => {
    expectRows(squeezenet10, [
      ['conv1', '109×109×96', 14_208, 167.7],
      ['pool1', '54×54×96', 0, 0],
      ['fire2', '54×54×128', 11_920, 34.3],
      ['fire3', '54×54×128', 12_432, 35.8],
      ['fire4', '54×54×256', 45_344, 131.4],
      ['pool4', '27×27×256', 0, 0],
      ['fire5', '27×27×256', 49_440, 35.8],
      ['fire6', '27×27×384', 104_880, 76.1],
      ['fire7', '27×27×384', 111_024, 80.6],
      ['fire8', '27×27×512', 188_992, 137.4],
      ['pool8', '13×13×512', 0, 0],
      ['fire9', '13×13×512', 197_184, 33.2],
      ['conv10', '13×13×1000', 513_000, 86.5],
      ['average', '1×1×1000', 0, 0],
    ]);
    const { parameters, macs } = count(squeezenet10);
    expect([parameters, (macs / 1e6).toFixed(1)]).toEqual([1_248_424, '818.9']);
  });

  test('1.1 has 2.4 times fewer multiply-adds', () => {
    expectRows(squeezenet11, [
      ['fire2', '55×55×128', 11_408, 34.07],
      ['pool3', '27×27×128', 0, 0],
      ['pool5', '13×13×256', 0, 0],
    ]);
    const { parameters, macs } = count(squeezenet11);
    expect([parameters, (macs / 1e6).toFixed(1)]).toEqual([1_235_496, '349.2']);
    expect(count(squeezenet10).macs / macs).toBeGreaterThan(2.3);
  });
});

describe('mobilenet', () => {
  test('has the sizes, parameters and multiply-adds of its table', () => {
    expectRows(mobilenet, [
      ['conv1', '112×112×32', 928, 10.84],
      ['separable2', '112×112×64', 352 + 2176, 3.61 + 25.69],
      ['separable3', '56×56×128', 704 + 8448, 1.81 + 25.69],
      ['separable4', '56×56×128', 1408 + 16_640, 3.61 + 51.38],
      ['separable5', '28×28×256', 1408 + 33_280, 0.9 + 25.69],
      ['separable6', '28×28×256', 2816 + 66_048, 1.81 + 51.38],
      ['separable7', '14×14×512', 2816 + 132_096, 0.45 + 25.69],
      ['separable8', '14×14×512', 5632 + 263_168, 0.9 + 51.38],
      ['separable12', '14×14×512', 5632 + 263_168, 0.9 + 51.38],
      ['separable13', '7×7×1024', 5632 + 526_336, 0.23 + 25.69],
      ['separable14', '7×7×1024', 11_264 + 1_050_624, 0.45 + 51.38],
      ['fc', '1×1×1000', 1_025_000, 1.02],
    ]);
  });

  test.each([
    [1, 4_231_976, ['568.7', '418.1', '290.7', '186.4']],
    [0.75, 2_585_560, ['325.4', '239.3', '166.4', '106.8']],
    [0.5, 1_331_592, ['149.5', '110.0', '76.5', '49.2']],
    [0.25, 470_072, ['41.0', '30.2', '21.1', '13.6']],
  ])(
    'at width %d has %i parameters, and the multiply-adds of its table at 224, 192, 160 and 128 px',
    (width, parameters, millions) => {
      const counts = [224, 192, 160, 128].map((sidePx) => count(mobilenetOf({ width, sidePx })));
      expect(counts.map((counted) => counted.parameters)).toEqual(Array(4).fill(parameters));
      expect(counts.map(({ macs }) => (macs / 1e6).toFixed(1))).toEqual(millions);
    },
  );

  test('of 1001 classes has 4,233,001 parameters', () => {
    expect(count(mobilenetOf({ classes: 1001 })).parameters).toBe(4_233_001);
  });

  test.each([{ width: 0 }, { width: 1.5 }, { width: Number.NaN }, { sidePx: 0 }, { sidePx: 12.5 }])(
    'refuses %j',
    (options) => {
      expect(() => mobilenetOf(options)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    },
  );
});

describe('shufflenet', () => {
  test.each<[ShuffleGroups, number, number, string]>([
    [1, 144, 1_531_936, '143.1'],
    [2, 200, 1_733_848, '140.8'],
    [3, 240, 1_865_728, '137.5'],
    [4, 272, 1_968_344, '134.3'],
    [8, 384, 2_434_768, '138.4'],
  ])(
    'of %i groups has stages of %i, twice and four times as many channels, %i parameters and %s million multiply-adds',
    (groups, channels, parameters, millions) => {
      const counted = count(shufflenetOf({ groups }));
      const output = (name: string) => counted.rows.find((row) => row.name === name)?.output;
      const stage = (number: number, units: number) =>
        Array.from({ length: units }, (_, i) => `stage${number}.${i + 1}`);
      expect(['conv1', 'pool1'].map(output)).toEqual([
        [112, 112, 24],
        [56, 56, 24],
      ]);
      expect(stage(2, 4).map(output)).toEqual(Array(4).fill([28, 28, channels]));
      expect(stage(3, 8).map(output)).toEqual(Array(8).fill([14, 14, 2 * channels]));
      expect(stage(4, 4).map(output)).toEqual(Array(4).fill([7, 7, 4 * channels]));
      expect(['stage2.5', 'stage3.9', 'stage4.5'].map(output)).toEqual(Array(3).fill(undefined));
      expect([counted.parameters, (counted.macs / 1e6).toFixed(1)]).toEqual([parameters, millions]);
    },
  );

  test('has the parameters of each stage', () => {
    const { rows } = count(shufflenet);
    const sum = (stage: string) =>
      rows.filter(({ name }) => name.startsWith(stage)).reduce((total, row) => total + row.parameters, 0);
    expect(['stage2', 'stage3', 'stage4', 'fc'].map(sum)).toEqual([39_552, 307_680, 556_800, 961_000]);
  });

  test.each<[ShuffleScale, number, number]>([
    [0.5, 0.718, 37.6],
    [1.5, 3.442, 292.4],
    [2, 5.451, 524.1],
  ])('at scale %d has %d million parameters and %d million multiply-adds', (scale, parameters, macs) => {
    const counted = count(shufflenetOf({ scale }));
    expect(Math.abs(counted.parameters / 1e6 - parameters)).toBeLessThan(0.001);
    expect(Math.abs(counted.macs / 1e6 - macs)).toBeLessThan(0.1);
  });

  test('refuses channels that its groups do not divide', () => {
    expect(() => shufflenetOf({ groups: 2, scale: 0.5 })).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

describe('mobilefacenet', () => {
  test('has the sizes, parameters and multiply-adds of its table', () => {
    expectRows(mobilefacenet, [
      ['conv1', '56×56×64', 1920, 5.42],
      ['depthwise2', '56×56×64', 768, 1.81],
      ['bottleneck3', '28×28×64', 92_160, 88.0],
      ['bottleneck4', '14×14×128', 53_248, 19.7],
      ['bottleneck5', '14×14×128', 417_792, 79.8],
      ['bottleneck6', '7×7×128', 139_008, 16.3],
      ['bottleneck7', '7×7×128', 139_264, 6.65],
      ['conv8', '7×7×512', 67_072, 3.21],
      ['global9', '1×1×512', 26_112, 0.03],
      ['embedding', '1×1×128', 65_792, 0.07],
    ]);
    const { parameters, macs } = count(mobilefacenet);
    expect([parameters, (macs / 1e6).toFixed(1)]).toEqual([1_003_136, '221.0']);
  });

  test('of 112 × 96 px has 999,552 parameters and 189.4 million multiply-adds', () => {
    const { parameters, macs } = count(mobilefacenetOf({ input: [112, 96] }));
    expect([parameters, (macs / 1e6).toFixed(1)]).toEqual([999_552, '189.4']);
  });
});
