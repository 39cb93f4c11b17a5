import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom, gaussian, randomInteger, seedOf, shuffled } from './random.ts';

test('a seed names its stream', () => {
  const stream = (seed: number) => Array.from({ length: 20 }, createRandom(seed));
  expect(stream(7)).toEqual(stream(7));
  expect(stream(7)).not.toEqual(stream(8));
});

test('numbers fill [0, 1) evenly, gaussians have mean 0 and variance 1', () => {
  const random = createRandom(1);
  const bins = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) bins[Math.floor(random() * 10)]!++;
  for (const count of bins) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  const normal = Array.from({ length: 100_000 }, () => gaussian(random));
  const mean = normal.reduce((sum, value) => sum + value, 0) / normal.length;
  const variance = normal.reduce((sum, value) => sum + (value - mean) ** 2, 0) / normal.length;
  expect(Math.abs(mean)).toBeLessThan(0.02);
  expect(Math.abs(variance - 1)).toBeLessThan(0.03);
});

test('shuffling loses nothing and invents nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
      const byValue = (one: number, other: number) => one - other;
      expect(shuffled(items, createRandom(seed)).sort(byValue)).toEqual([...items].sort(byValue));
    }),
  );
  expect(randomInteger(() => 0.999999, 5)).toBe(4);
});

test('a seed of several numbers tells neighbours, orders and lengths apart', () => {
  const seeds = new Set<number>();
  for (let i = 0; i < 100; i++) for (let j = 0; j < 100; j++) seeds.add(seedOf(7, i, j));
  expect(seeds.size).toBe(10_000);
  expect(new Set([seedOf(1, 2), seedOf(2, 1), seedOf(1, 2, 0), seedOf(0, 1, 2)]).size).toBe(4);
  const first = Array.from({ length: 10_000 }, (_, i) => createRandom(seedOf(3, i))());
  expect(first.reduce((sum, value) => sum + value, 0) / first.length).toBeCloseTo(0.5, 2);
});
