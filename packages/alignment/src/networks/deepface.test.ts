import { count, upTo } from '@kith/network';
import { describe, expect, test } from 'vitest';
import { deepface, deepfaceOf, smallDeepface } from './deepface.ts';

describe('deepface', () => {
  const counted = count(deepface);

  test.each([
    ['C1', '142×142×32', 11_648, 234.23],
    ['M2', '71×71×32', 0, 0],
    ['C3', '63×63×16', 41_488, 164.6],
    ['L4', '55×55×16', 62_774_800, 62.73],
    ['L5', '25×25×16', 7_850_000, 7.84],
    ['L6', '21×21×16', 2_829_456, 2.82],
    ['F7', '1×1×4096', 28_905_472, 28.9],
    ['F8', '1×1×4030', 16_510_910, 16.51],
  ])('%s is %s, has %i parameters and %d million multiply-adds', (name, output, parameters, millions) => {
    const row = counted.rows.find((candidate) => candidate.name === name)!;
    expect(row.output.join('×')).toBe(output);
    expect(row.parameters).toBe(parameters);
    expect(row.macs / 1e6).toBeCloseTo(millions, 1);
  });

  test.each([
    [4030, 118_923_774],
    [4000, 118_800_864],
    [8631, 137_774_071],
  ])('has for %i people %i parameters', (classes, parameters) => {
    expect(count(deepfaceOf({ classes })).parameters).toBe(parameters);
  });

  test('costs 517.6 million multiply-adds', () => {
    expect(counted.macs / 1e6).toBeCloseTo(517.6, 1);
  });

  test('sees 73 px in one place of L6', () => {
    expect(counted.receptiveField).toBe(73);
  });

  test('without its classifier has 102,412,864 parameters, 99.96 % of all in locally and fully connected layers', () => {
    expect(count(upTo(deepface, 'F7')).parameters).toBe(102_412_864);
    const shared = counted.rows
      .filter(({ name }) => name.startsWith('C'))
      .reduce((sum, row) => sum + row.parameters, 0);
    expect(1 - shared / counted.parameters).toBeCloseTo(0.9996, 4);
  });
});

test('the small one sees as much of the face, in fewer maps', () => {
  const small = count(smallDeepface({ classes: 100 }));
  expect(small.parameters).toBeLessThan(count(deepface).parameters / 20);
  expect(small.rows.map(({ name }) => name)).toEqual(count(deepface).rows.map(({ name }) => name));
  expect(small.receptiveField! / 76).toBeCloseTo(73 / 152, 1);
  expect(small.rows.find(({ name }) => name === 'F7')!.output).toEqual([1, 1, 256]);
});
