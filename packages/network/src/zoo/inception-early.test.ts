import { expect, test } from 'vitest';
import { count } from '../count.ts';
import { inceptionV1, inceptionV1Auxiliary } from './inception-v1.ts';
import { inceptionV2 } from './inception-v2.ts';
import { nin } from './nin.ts';

const rowOf = (table: Parameters<typeof count>[0], name: string) => count(table).rows.find((row) => row.name === name);

test.each([
  [nin, 966_986, undefined],
  [inceptionV1, 6_998_552, 1582.7],
  [inceptionV1Auxiliary, 13_378_280, undefined],
  [inceptionV2, 11_295_240, 2032.6],
] as const)('$name', (table, parameters, millions) => {
  const { parameters: counted, macs } = count(table);
  expect(counted).toBe(parameters);
  if (millions) expect(Math.abs(macs / 1e6 - millions)).toBeLessThan(0.1);
});

test.each([
  ['mlpconv1', 32, 96, 14_592 + 30_880 + 15_456],
  ['pool1', 16, 96, 0],
  ['mlpconv2', 16, 192, 460_992 + 2 * 37_056],
  ['pool2', 8, 192, 0],
  ['mlpconv3', 8, 10, 331_968 + 37_056 + 1_930],
])('NIN row %s', (name, side, channels, parameters) => {
  expect(rowOf(nin, name)).toMatchObject({ output: [side, side, channels], parameters });
});

test.each([
  ['3a', 28, 256, 163_696],
  ['3b', 28, 480, 388_736],
  ['4a', 14, 512, 376_176],
  ['4b', 14, 512, 449_160],
  ['4c', 14, 512, 510_104],
  ['4d', 14, 528, 605_376],
  ['4e', 14, 832, 868_352],
  ['5a', 7, 832, 1_043_456],
  ['5b', 7, 1024, 1_444_080],
])('V1 row %s', (name, side, channels, parameters) => {
  expect(rowOf(inceptionV1, name)).toMatchObject({ output: [side, side, channels], parameters });
});

test('the auxiliary classifiers', () => {
  expect(rowOf(inceptionV1Auxiliary, 'auxiliary1')?.parameters).toBe(3_188_840);
  expect(rowOf(inceptionV1Auxiliary, 'auxiliary2')?.parameters).toBe(3_190_888);
});

test.each([
  ['3a', 28, 256, 219_552],
  ['3b', 28, 320, 260_704],
  ['3c', 14, 576, 385_632],
  ['4a', 14, 576, 610_848],
  ['4b', 14, 576, 666_240],
  ['4c', 14, 608, 915_456],
  ['4d', 14, 608, 1_144_000],
  ['4e', 7, 1056, 1_451_008],
  ['5a', 7, 1024, 2_210_496],
  ['5b', 7, 1024, 2_281_248],
])('V2 row %s', (name, side, channels, parameters) => {
  expect(rowOf(inceptionV2, name)).toMatchObject({ output: [side, side, channels], parameters });
});
