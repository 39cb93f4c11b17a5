import { count } from '@kith/network';
import { expect, test } from 'vitest';
import { nn1, nn2, nn3, nn4, nn4Small2, nn4Small2V1, nns1, nns2 } from './index.ts';

// exact parameters of the definitions; multiply-adds in millions
test.each([
  [nn1, 140_025_664, 1605.9],
  [nn2, 7_472_144, 1596.5],
  [nn3, undefined, 814.6],
  [nn4, 6_959_088, 288.9],
  [nn4Small2, 3_733_968, 206.92],
  [nn4Small2V1, 3_733_968, 200.12],
] as const)('$name', (table, parameters, millions) => {
  const counted = count(table);
  // NN3 is NN2 on smaller maps: it has the same parameters
  expect(counted.parameters).toBe(parameters ?? count(nn2).parameters);
  expect(Math.abs(counted.macs / 1e6 - millions)).toBeLessThan(0.1);
  expect(counted.rows.at(-1)?.output).toEqual([1, 1, 128]);
});

test.each([
  ['3a', 28, 256, 164_432],
  ['3b', 28, 320, 228_672],
  ['3c', 14, 640, 398_752],
  ['4a', 14, 640, 547_072],
  ['4b', 14, 640, 596_784],
  ['4c', 14, 640, 655_712],
  ['4d', 14, 640, 723_856],
  ['4e', 7, 1024, 718_624],
  ['5a', 7, 1024, 1_590_992],
  ['5b', 7, 1024, 1_590_992],
])('NN2 row %s', (name, side, channels, parameters) => {
  expect(count(nn2).rows.find((row) => row.name === name)).toMatchObject({
    output: [side, side, channels],
    parameters,
  });
});

test.each([
  ['3a', 12, 256, 164_432],
  ['3b', 12, 320, 228_672],
  ['3c', 6, 640, 398_752],
  ['4a', 6, 640, 547_072],
  ['4e', 3, 1024, 718_624],
  ['5a', 3, 736, 793_024],
  ['5b', 3, 736, 664_000],
])('nn4.small2 row %s, in both graphs', (name, side, channels, parameters) => {
  for (const table of [nn4Small2, nn4Small2V1]) {
    const row = count(table).rows.find((each) => each.name === name);
    expect(row).toMatchObject({ output: [side, side, channels], parameters });
  }
});

// sizes that the paper states, and for which the tables are ours
test.each([
  [nns1, [165, 165, 3], 26e6, 220e6],
  [nns2, [140, 116, 3], 4.3e6, 20e6],
] as const)('$name is of its stated size within three per cent', (table, input, parameters, macs) => {
  const counted = count(table);
  expect(counted.input).toEqual(input);
  expect(Math.abs(counted.parameters / parameters - 1)).toBeLessThan(0.03);
  expect(Math.abs(counted.macs / macs - 1)).toBeLessThan(0.03);
});
