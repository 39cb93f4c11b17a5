import { expect, test } from 'vitest';
import { randomRows } from '../../../../test/support/metric-batches.ts';
import { activeShare, cosine, distanceHistograms, embeddingSpread, hardestPairs, squaredL2 } from './index.ts';

const labels = Int32Array.from({ length: 30 }, (_, i) => i % 6);
const rows = randomRows(30, 8);

test('the active share counts the terms above 0', () => {
  expect(activeShare(Float64Array.of(0, 0.1, 0, 2))).toEqual({ active: 2, terms: 4, share: 0.5 });
  expect(activeShare(new Float64Array()).share).toBe(0);
});

test.each([squaredL2, cosine])('histograms of $name hold every pair once, in the bin of its distance', (distance) => {
  const table = distance.pairwise(rows);
  const { genuine, impostor, range } = distanceHistograms(table, labels, { bins: 8 });
  expect(range).toEqual(distance.range);
  expect([genuine.pairs, impostor.pairs]).toEqual([6 * 10, 15 * 25]);
  for (const [histogram, same] of [
    [genuine, true],
    [impostor, false],
  ] as const) {
    const counts = new Uint32Array(8);
    let total = 0;
    for (let i = 0; i < 30; i++) {
      for (let j = 0; j < i; j++) {
        if ((labels[i] === labels[j]) !== same) continue;
        const value = table.values[i * 30 + j]!;
        total += value;
        counts[Math.floor((value / range[1]) * 8)]!++;
      }
    }
    expect(histogram.counts).toEqual(counts);
    expect(histogram.mean).toBeCloseTo(total / histogram.pairs, 12);
  }
});

test('a distance at the far end, or beyond it, is in the last bin', () => {
  const opposite = squaredL2.pairwise({ values: Float64Array.of(1, -1, 5), count: 3, dimension: 1 });
  const { impostor } = distanceHistograms(opposite, Int32Array.of(0, 1, 2), { bins: 4 });
  expect([...impostor.counts]).toEqual([0, 0, 0, 3]);
});

test('the hardest pairs are the farthest of one person and the nearest of two', () => {
  const table = squaredL2.pairwise(rows);
  const { genuine, impostor } = hardestPairs(table, labels, { count: 4 });
  const all = { genuine: [] as number[], impostor: [] as number[] };
  for (let i = 0; i < 30; i++) {
    for (let j = 0; j < i; j++) all[labels[i] === labels[j] ? 'genuine' : 'impostor'].push(table.values[i * 30 + j]!);
  }
  expect(genuine.map(({ distance }) => distance)).toEqual(all.genuine.sort((a, b) => b - a).slice(0, 4));
  expect(impostor.map(({ distance }) => distance)).toEqual(all.impostor.sort((a, b) => a - b).slice(0, 4));
  for (const { one, other, distance } of genuine) {
    expect(labels[one]).toBe(labels[other]);
    expect(table.values[one * 30 + other]).toBe(distance);
  }
});

test('variance is half the mean squared distance of all ordered pairs, a row with itself among them', () => {
  const { values } = squaredL2.pairwise(rows);
  const { variance, deviation } = embeddingSpread(rows);
  expect(variance).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / (2 * 30 * 30), 12);
  expect(deviation).toBeCloseTo(Math.sqrt(variance / 8), 12);
});

test.each([
  [6, 40],
  [40, 6],
])('%i rows of %i numbers that use three directions evenly have effective rank 3', (count, dimension) => {
  const values = new Float64Array(count * dimension);
  for (let i = 0; i < 6; i++) values[i * dimension + (i >> 1)] = i % 2 === 0 ? 1 : -1;
  expect(embeddingSpread({ values, count, dimension }).effectiveRank).toBeCloseTo(3, 9);
});

test('effective rank does not change when the rows are turned, and is at most the dimension', () => {
  const [axis, turned] = [randomRows(1, 8, { seed: 3 }).values, new Float64Array(rows.values.length)];
  for (let i = 0; i < 30; i++) {
    let along = 0;
    for (let k = 0; k < 8; k++) along += rows.values[i * 8 + k]! * axis[k]!;
    for (let k = 0; k < 8; k++) turned[i * 8 + k] = rows.values[i * 8 + k]! - 2 * along * axis[k]!;
  }
  const { effectiveRank } = embeddingSpread(rows);
  expect(embeddingSpread({ ...rows, values: turned }).effectiveRank).toBeCloseTo(effectiveRank, 9);
  expect(effectiveRank).toBeLessThanOrEqual(8);
  expect(embeddingSpread(randomRows(3_000, 8)).effectiveRank).toBeGreaterThan(7.99);
});

test('rows that fell together have no variance', () => {
  const values = new Float32Array(50).fill(0.25);
  expect(embeddingSpread({ values, count: 10, dimension: 5 })).toEqual({
    variance: 0,
    deviation: 0,
    effectiveRank: 0,
    dimension: 5,
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('rows with a %d have no spread that is a number', (broken) => {
  const values = rows.values.with(17, broken);
  const { variance, effectiveRank } = embeddingSpread({ ...rows, values });
  expect([variance, effectiveRank]).toEqual([Number.NaN, Number.NaN]);
});
