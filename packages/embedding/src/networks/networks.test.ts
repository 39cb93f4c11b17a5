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
