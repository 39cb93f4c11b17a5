import { expect, test } from 'vitest';
import { count } from '../count.ts';
import { inceptionV1, inceptionV1Auxiliary } from './inception-v1.ts';
import { inceptionV2 } from './inception-v2.ts';
import { nin } from './nin.ts';

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
