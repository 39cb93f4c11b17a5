import { count, layOut, type Network } from '@kith/network';
import { describe, expect, test } from 'vitest';
import { nn1, nn2, nn3, nn4, nn4Small2, nn4Small2V1 } from './index.ts';

/** A row as stated: its name, its output, exact parameters, and million multiply-adds as printed. */
type Stated = readonly [row: string, output: string, parameters?: number, millions?: string];

function expectStated(table: Network, stated: readonly Stated[]): void {
  const { rows } = count(table);
  const got = stated.map(([name, , parameters, millions]) => {
    const row = rows.find((each) => each.name === name);
    const decimals = millions?.split('.')[1]?.length ?? 0;
    return [
      name,
      row?.output.join('×'),
      ...(parameters === undefined ? [] : [row?.parameters]),
      ...(millions === undefined ? [] : [((row?.macs ?? 0) / 1e6).toFixed(decimals)]),
    ];
  });
  expect(got).toEqual(stated);
  // every row of the table is stated
  expect(rows.map(({ name }) => name)).toEqual(stated.map(([name]) => name));
}

describe('every row of FaceNet', () => {
  test('NN1', () => {
    expectStated(nn1, [
      ['conv1', '110×110×64', 9472, '113.8'],
      ['pool1', '55×55×64', 0],
      ['rnorm1', '55×55×64', 0],
      ['conv2a', '55×55×64', 4160, '12.4'],
      ['conv2', '55×55×192', 110_784, '334.5'],
      ['rnorm2', '55×55×192', 0],
      ['pool2', '28×28×192', 0],
      ['conv3a', '28×28×192', 37_056, '28.9'],
      ['conv3', '28×28×384', 663_936, '520.2'],
      ['pool3', '14×14×384', 0],
      ['conv4a', '14×14×384', 147_840, '28.9'],
      ['conv4', '14×14×256', 884_992, '173.4'],
      ['conv5a', '14×14×256', 65_792, '12.8'],
      ['conv5', '14×14×256', 590_080, '115.6'],
      ['conv6a', '14×14×256', 65_792, '12.8'],
      ['conv6', '14×14×256', 590_080, '115.6'],
      ['pool4', '7×7×256', 0],
      ['fc1', '1×1×4096', 102_768_640, '102.8'],
      ['fc2', '1×1×4096', 33_562_624, '33.6'],
      ['fc7128', '1×1×128', 524_416, '0.5'],
      ['embedding', '1×1×128', 0],
    ]);
  });

  test('NN2', () => {
    expectStated(nn2, [
      ['conv1', '112×112×64', 9600, '118.0'],
      ['pool1', '56×56×64', 0],
      ['inception2', '56×56×192', 115_456, '359.7'],
      ['pool2', '28×28×192', 0],
      ['3a', '28×28×256', 164_432, '128.0'],
      ['3b', '28×28×320', 228_672, '178.2'],
      ['3c', '14×14×640', 398_752, '108.0'],
      ['4a', '14×14×640', 547_072, '106.8'],
      ['4b', '14×14×640', 596_784, '116.5'],
      ['4c', '14×14×640', 655_712, '128.0'],
      ['4d', '14×14×640', 723_856, '141.4'],
      ['4e', '7×7×1024', 718_624, '56.2'],
      ['5a', '7×7×1024', 1_590_992, '77.8'],
      ['5b', '7×7×1024', 1_590_992, '77.8'],
      ['pool5', '1×1×1024', 0],
      ['fc', '1×1×128', 131_200, '0.13'],
      ['embedding', '1×1×128', 0],
    ]);
  });

  // grids of the smaller inputs follow from NN2's strides: (side − 1) / 2 + 1 rounded down, five times
  test('NN3, NN2 on smaller maps', () => {
    expectStated(nn3, [
      ['conv1', '80×80×64', 9600],
      ['pool1', '40×40×64', 0],
      ['inception2', '40×40×192', 115_456],
      ['pool2', '20×20×192', 0],
      ['3a', '20×20×256', 164_432],
      ['3b', '20×20×320', 228_672],
      ['3c', '10×10×640', 398_752],
      ['4a', '10×10×640', 547_072],
      ['4b', '10×10×640', 596_784],
      ['4c', '10×10×640', 655_712],
      ['4d', '10×10×640', 723_856],
      ['4e', '5×5×1024', 718_624],
      ['5a', '5×5×1024', 1_590_992],
      ['5b', '5×5×1024', 1_590_992],
      ['pool5', '1×1×1024', 0],
      ['fc', '1×1×128', 131_200],
      ['embedding', '1×1×128', 0],
    ]);
  });

  test('NN4, without 5×5 in the last blocks', () => {
    expectStated(nn4, [
      ['conv1', '48×48×64', 9600],
      ['pool1', '24×24×64', 0],
      ['inception2', '24×24×192', 115_456],
      ['pool2', '12×12×192', 0],
      ['3a', '12×12×256', 164_432],
      ['3b', '12×12×320', 228_672],
      ['3c', '6×6×640', 398_752],
      ['4a', '6×6×640', 547_072],
      ['4b', '6×6×640', 596_784],
      ['4c', '6×6×640', 655_712],
      ['4d', '6×6×640', 723_856],
      ['4e', '3×3×1024', 718_624],
      ['5a', '3×3×896'],
      ['5b', '3×3×896'],
      ['pool5', '1×1×896', 0],
      ['fc', '1×1×128', 896 * 128 + 128],
      ['embedding', '1×1×128', 0],
    ]);
  });
});

test.each([nn4Small2, nn4Small2V1])('every row of $name', (table) => {
  expectStated(table, [
    ['conv1', '48×48×64', 9600],
    ['pool1', '24×24×64', 0],
    ['norm1', '24×24×64', 0],
    ['conv2', '24×24×64', 4288],
    ['conv3', '24×24×192', 111_168],
    ['norm2', '24×24×192', 0],
    ['pool2', '12×12×192', 0],
    ['3a', '12×12×256', 164_432],
    ['3b', '12×12×320', 228_672],
    ['3c', '6×6×640', 398_752],
    ['4a', '6×6×640', 547_072],
    ['4e', '3×3×1024', 718_624],
    ['5a', '3×3×736', 793_024],
    ['5b', '3×3×736', 664_000],
    ['pool5', '1×1×736', 0],
    ['fc', '1×1×128', 94_336],
    ['embedding', '1×1×128', 0],
  ]);
});

test.each([
  ['3a', 'maxPool', 5, 12, [3, 4, 4, 3]],
  ['3b', 'lpPool', 4, 12, [4, 4, 4, 4]],
  ['3c', 'maxPool', 5, 6, [0, 1, 1, 0]],
  ['4a', 'lpPool', 2, 6, [2, 2, 2, 2]],
  ['4e', 'maxPool', 2, 3, [0, 1, 1, 0]],
  ['5a', 'lpPool', 1, 3, [1, 1, 1, 1]],
  ['5b', 'maxPool', 1, 3, [1, 1, 1, 1]],
] as const)(
  'block %s of the released nn4.small2 pools (%s) to %i px, then pads to %i',
  (block, kind, pooled, side, zeros) => {
    const nodes = layOut(nn4Small2V1).nodes.filter(({ name }) => name.startsWith(`${block}/`));
    const pool = nodes.find((node) => node.operation.kind === kind);
    const pad = nodes.find((node) => node.operation.kind === 'pad');
    expect(pool?.shape.slice(0, 2)).toEqual([pooled, pooled]);
    expect(pad?.operation).toEqual({ kind: 'pad', sides: zeros });
    expect(pad?.shape.slice(0, 2)).toEqual([side, side]);
  },
);
