import { describe, expect, test } from 'vitest';
import { count } from '../count.ts';
import { type Network, resized } from '../network.ts';
import {
  inceptionResNetV1,
  inceptionResNetV2,
  inceptionV1,
  inceptionV1Auxiliary,
  inceptionV2,
  inceptionV3,
  inceptionV4,
  mobilenet,
  nin,
  squeezenet10,
  squeezenet11,
} from './index.ts';

/** A run of rows as stated: their names' beginning, the last output, and, where known, parameters and, as printed, million multiply-adds. */
type Stated = readonly [rows: string, output: string, parameters?: number, millions?: string];

function expectStated(table: Network, stated: readonly Stated[]): void {
  const { rows } = count(table);
  const got = stated.map(([name, , parameters, millions]) => {
    const group = rows.filter((row) => row.name === name || row.name.startsWith(`${name}-`));
    const sum = (of: (row: (typeof rows)[number]) => number) => group.reduce((total, row) => total + of(row), 0);
    const decimals = millions?.split('.')[1]?.length ?? 0;
    return [
      name,
      group.at(-1)?.output.join('×'),
      ...(parameters === undefined ? [] : [sum((row) => row.parameters)]),
      ...(millions === undefined ? [] : [(sum((row) => row.macs) / 1e6).toFixed(decimals)]),
    ];
  });
  expect(got).toEqual(stated);
}

test('Network in Network, every row', () => {
  expectStated(nin, [
    ['mlpconv1', '32×32×96', 14_592 + 30_880 + 15_456],
    ['pool1', '16×16×96', 0],
    ['dropout1', '16×16×96', 0],
    ['mlpconv2', '16×16×192', 460_992 + 2 * 37_056],
    ['pool2', '8×8×192', 0],
    ['dropout2', '8×8×192', 0],
    ['mlpconv3', '8×8×10', 331_968 + 37_056 + 1930],
    ['pool3', '1×1×10', 0],
  ]);
});

test('Inception V1, every row', () => {
  expectStated(inceptionV1, [
    ['conv1', '112×112×64', 9472, '118.0'],
    ['pool1', '56×56×64', 0],
    ['conv2-reduce', '56×56×64', 4160, '12.8'],
    ['conv2', '56×56×192', 110_784 + 4160, '359.7'],
    ['pool2', '28×28×192', 0],
    ['3a', '28×28×256', 163_696, '128.0'],
    ['3b', '28×28×480', 388_736, '304.3'],
    ['pool3', '14×14×480', 0],
    ['4a', '14×14×512', 376_176, '73.6'],
    ['4b', '14×14×512', 449_160, '87.9'],
    ['4c', '14×14×512', 510_104, '99.9'],
    ['4d', '14×14×528', 605_376, '118.5'],
    ['4e', '14×14×832', 868_352, '170.0'],
    ['pool4', '7×7×832', 0],
    ['5a', '7×7×832', 1_043_456, '51.1'],
    ['5b', '7×7×1024', 1_444_080, '70.7'],
    ['pool5', '1×1×1024', 0],
    ['fc', '1×1×1000', 1_025_000, '1.0'],
  ]);
  expectStated(inceptionV1Auxiliary, [
    ['auxiliary1', '1×1×1000', 3_188_840],
    ['auxiliary2', '1×1×1000', 3_190_888],
  ]);
});

test('Inception V2, every row', () => {
  expectStated(inceptionV2, [
    ['conv1', '112×112×64', 9600],
    ['pool1', '56×56×64', 0],
    ['conv2', '56×56×192', 4288 + 111_168],
    ['pool2', '28×28×192', 0],
    ['3a', '28×28×256', 219_552],
    ['3b', '28×28×320', 260_704],
    ['3c', '14×14×576', 385_632],
    ['4a', '14×14×576', 610_848],
    ['4b', '14×14×576', 666_240],
    ['4c', '14×14×608', 915_456],
    ['4d', '14×14×608', 1_144_000],
    ['4e', '7×7×1056', 1_451_008],
    ['5a', '7×7×1024', 2_210_496],
    ['5b', '7×7×1024', 2_281_248],
    ['pool5', '1×1×1024', 0],
    ['fc', '1×1×1000', 1_025_000],
  ]);
});

// the stem that V3 and Inception-ResNet V2 share, as TF-Slim has it
const slimStem: readonly Stated[] = [
  ['conv1', '149×149×32'],
  ['conv2', '147×147×32'],
  ['conv3', '147×147×64'],
  ['pool1', '73×73×64'],
  ['conv4', '73×73×80'],
  ['conv5', '71×71×192'],
  ['pool2', '35×35×192'],
];

test.each([inceptionV3, inceptionResNetV2])('the stem of $name, every row and its totals', (table) => {
  expectStated(table, slimStem);
  const stem = count(table).rows.slice(0, slimStem.length);
  expect(stem.reduce((sum, row) => sum + row.parameters, 0)).toBe(172_672);
  expect(stem.reduce((sum, row) => sum + row.macs, 0) / 1e6).toBeCloseTo(1340.8, 1);
});

test('Inception V3, every block', () => {
  expectStated(inceptionV3, [
    ['5b', '35×35×256', 255_904, '312'],
    ['5c', '35×35×288', 277_472, '339'],
    ['5d', '35×35×288', 285_152, '348'],
    ['6a', '17×17×768', 1_153_280, '402'],
    ['6b', '17×17×768', 1_297_408, '374'],
    ['6c', '17×17×768', 1_691_008, '488'],
    ['6d', '17×17×768', 1_691_008, '488'],
    ['6e', '17×17×768', 2_141_952, '618'],
    ['7a', '8×8×1280', 1_698_304, '291'],
    ['7b', '8×8×2048', 5_044_608, '322'],
    ['7c', '8×8×2048', 6_076_800, '388'],
    ['pool3', '1×1×2048', 0],
    ['fc', '1×1×1000', 2_049_000],
  ]);
});

test('Inception V4, every stage', () => {
  expectStated(inceptionV4, [
    ['conv1', '149×149×32'],
    ['conv2', '147×147×32'],
    ['conv3', '147×147×64'],
    ['3a', '73×73×160', 55_488],
    ['4a', '71×71×192', 189_312],
    ['5a', '35×35×384', 332_160],
    ['a', '35×35×384', 4 * 317_632],
    ['reduction-a', '17×17×1024', 2_306_112],
    ['b', '17×17×1024', 7 * 2_936_256],
    ['reduction-b', '8×8×1536', 2_747_392],
    ['c', '8×8×1536', 3 * 4_553_088],
    ['pool', '1×1×1536', 0],
    ['fc', '1×1×1000', 1_537_000],
  ]);
  const stem = count(inceptionV4).rows.slice(0, 3);
  expect(stem.reduce((sum, row) => sum + row.parameters, 0)).toBe(28_768);
});

describe('Inception-ResNet', () => {
  test('V1 at 160 px, every row', () => {
    expectStated(inceptionResNetV1, [
      ['conv1', '79×79×32'],
      ['conv2', '77×77×32'],
      ['conv3', '77×77×64'],
      ['pool1', '38×38×64'],
      ['conv4', '38×38×80'],
      ['conv5', '36×36×192'],
      ['conv6', '17×17×256'],
      ['a', '17×17×256', 386_240, '111.0'],
      ['reduction-a', '8×8×896', 1_709_056, '195.0'],
      ['b', '8×8×896', 6_895_360, '440.4'],
      ['reduction-b', '3×3×1792', 3_344_256, '100.4'],
      ['c', '3×3×1792', 9_600_000, '86.3'],
      ['pool2', '1×1×1792', 0],
      ['bottleneck', '1×1×512', 1792 * 512 + 512],
      ['embedding', '1×1×512', 0],
    ]);
  });

  test('V1 at 299 px has the grids of the paper', () => {
    expectStated(resized(inceptionResNetV1, [299, 299, 3]), [
      ['conv6', '35×35×256'],
      ['a', '35×35×256'],
      ['reduction-a', '17×17×896'],
      ['b', '17×17×896'],
      ['reduction-b', '8×8×1792'],
      ['c', '8×8×1792'],
    ]);
  });

  test('V2, every stage', () => {
    expectStated(inceptionResNetV2, [
      ['5b', '35×35×320'],
      ['a', '35×35×320', 1_231_680],
      ['6a', '17×17×1088', 2_664_960],
      ['b', '17×17×1088', 22_535_680],
      ['7a', '8×8×2080', 3_880_960],
      ['c', '8×8×2080', 20_354_240],
      ['conv6', '8×8×1536', 3_197_952],
      ['pool3', '1×1×1536', 0],
      ['fc', '1×1×1000', 1_537_000],
    ]);
  });
});

test('SqueezeNet 1.0 and 1.1 end in as many classes; 1.1 pools after conv1, fire3 and fire5', () => {
  for (const table of [squeezenet10, squeezenet11]) {
    expectStated(table, [
      ['conv10', '13×13×1000', 513_000, '86.5'],
      ['average', '1×1×1000', 0],
    ]);
  }
  expect(count(squeezenet11).rows.map(({ name, output }) => `${name} ${output.join('×')}`)).toEqual([
    'conv1 111×111×64',
    'pool1 55×55×64',
    'fire2 55×55×128',
    'fire3 55×55×128',
    'pool3 27×27×128',
    'fire4 27×27×256',
    'fire5 27×27×256',
    'pool5 13×13×256',
    'fire6 13×13×384',
    'fire7 13×13×384',
    'fire8 13×13×512',
    'fire9 13×13×512',
    'dropout 13×13×512',
    'conv10 13×13×1000',
    'average 1×1×1000',
    'softmax 1×1×1000',
  ]);
});

test('MobileNet repeats its 512 channels five times', () => {
  const repeated = [8, 9, 10, 11, 12].map((i) => `separable${i}`);
  expectStated(
    mobilenet,
    repeated.map((name) => [name, '14×14×512', 5632 + 263_168, '52.28']),
  );
  expectStated(mobilenet, [
    ['average', '1×1×1024', 0],
    ['fc', '1×1×1000', 1_025_000, '1.02'],
  ]);
});
