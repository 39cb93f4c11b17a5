import { expect, test } from 'vitest';
import { count } from '../count.ts';
import { inceptionResNetV2 } from './inception-resnet-v2.ts';
import { inceptionV3 } from './inception-v3.ts';
import { inceptionV4 } from './inception-v4.ts';

test.each([
  [inceptionV3, 23_834_568, 5713.2, 0.1],
  [inceptionV4, 42_679_816, 12_250, 50],
  [inceptionResNetV2, 55_843_464, 13_160, 50],
] as const)('$name', (table, parameters, millions, within) => {
  const counted = count(table);
  expect(counted.parameters).toBe(parameters);
  expect(Math.abs(counted.macs / 1e6 - millions)).toBeLessThan(within);
});

test.each([
  ['3a', 73, 160, 55_488],
  ['4a', 71, 192, 189_312],
  ['5a', 35, 384, 332_160],
  ['a-4', 35, 384, 317_632],
  ['reduction-a', 17, 1024, 2_306_112],
  ['b-7', 17, 1024, 2_936_256],
  ['reduction-b', 8, 1536, 2_747_392],
  ['c-3', 8, 1536, 4_553_088],
])('V4 row %s', (name, side, channels, parameters) => {
  const row = count(inceptionV4).rows.find((each) => each.name === name);
  expect(row).toMatchObject({ output: [side, side, channels], parameters });
});

test.each([
  ['a-10', 35, 320, 123_168],
  ['6a', 17, 1088, 2_664_960],
  ['b-20', 17, 1088, 1_126_784],
  ['7a', 8, 2080, 3_880_960],
  ['c-10', 8, 2080, 2_035_424],
])('Inception-ResNet V2 row %s', (name, side, channels, parameters) => {
  const row = count(inceptionResNetV2).rows.find((each) => each.name === name);
  expect(row).toMatchObject({ output: [side, side, channels], parameters });
});
