import { expect, test } from 'vitest';
import { count } from '../count.ts';
import { resized } from '../network.ts';
import { inceptionResNetV1, inceptionResNetV1Of } from './inception-resnet-v1.ts';

const groups = {
  stem: /^conv/,
  a: /^a-/,
  'reduction-a': /^reduction-a/,
  b: /^b-/,
  'reduction-b': /^reduction-b/,
  c: /^c-/,
};

// parameters as davidsandberg/facenet's graph has them; multiply-adds at 160×160, in millions
test.each([
  ['stem', 614_896, 483.7, [17, 17, 256], [35, 35, 256]],
  ['a', 386_240, 111.0, [17, 17, 256], [35, 35, 256]],
  ['reduction-a', 1_709_056, 195.0, [8, 8, 896], [17, 17, 896]],
  ['b', 6_895_360, 440.4, [8, 8, 896], [17, 17, 896]],
  ['reduction-b', 3_344_256, 100.4, [3, 3, 1792], [8, 8, 1792]],
  ['c', 9_600_000, 86.3, [3, 3, 1792], [8, 8, 1792]],
] as const)('%s', (group, parameters, millions, at160, at299) => {
  const rowsAt = (side: number) =>
    count(resized(inceptionResNetV1, [side, side, 3])).rows.filter(({ name }) => groups[group].test(name));
  const rows = rowsAt(160);
  expect(rows.reduce((sum, row) => sum + row.parameters, 0)).toBe(parameters);
  expect(rows.reduce((sum, row) => sum + row.macs, 0) / 1e6).toBeCloseTo(millions, 0);
  expect(rows.at(-1)?.output).toEqual(at160);
  expect(rowsAt(299).at(-1)?.output).toEqual(at299);
});

test('totals', () => {
  expect(count(inceptionResNetV1).parameters).toBe(23_467_824);
  expect(count(inceptionResNetV1Of(128)).parameters).toBe(22_779_312);
  expect(Math.round(count(inceptionResNetV1).macs / 1e6)).toBeGreaterThanOrEqual(1417);
  expect(Math.round(count(inceptionResNetV1).macs / 1e6)).toBeLessThanOrEqual(1418);
  expect(Math.round(count(resized(inceptionResNetV1, [299, 299, 3])).macs / 1e6)).toBeCloseTo(6307, -1);
});
