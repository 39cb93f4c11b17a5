import { createRandom, shuffled } from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batches, randomRows } from '../../../../test/support/metric-batches.ts';
import {
  allTriplets,
  asRows,
  batchHard,
  cosine,
  type DistanceTable,
  distanceWeighted,
  hard,
  randomViolator,
  semiHard,
  squaredL2,
  type Triplets,
  takeNearest,
} from './index.ts';

type Triplet = readonly [anchor: number, positive: number, negative: number];

const inThrees = ({ anchor, positive, negative }: Triplets): Triplet[] =>
  Array.from(anchor, (a, t) => [a, positive[t]!, negative[t]!]);

const asSet = (triplets: Triplets) => {
  const all = inThrees(triplets).map(String);
  const set = new Set(all);
  expect(set.size).toBe(all.length);
  return set;
};

/** Every triplet there is, by three loops. */
function threeLoops(labels: Int32Array): Triplet[] {
  const found: Triplet[] = [];
  for (let a = 0; a < labels.length; a++) {
    for (let p = 0; p < labels.length; p++) {
      for (let n = 0; n < labels.length; n++) {
        if (a !== p && labels[a] === labels[p] && labels[a] !== labels[n]) found.push([a, p, n]);
      }
    }
  }
  return found;
}

const between = ({ values, count }: DistanceTable, one: number, other: number) => values[one * count + other]!;

describe.each([squaredL2, cosine])('with $name', (distance) => {
  test('miners find exactly the triplets of their definitions', () => {
    fc.assert(
      fc.property(batches(), ({ rows, labels, marginSquaredL2 }) => {
        const table = distance.pairwise(rows);
        const margin = distance.name === 'cosine' ? marginSquaredL2 / 2 : marginSquaredL2;
        const having = (rule: (near: number, far: number) => boolean) =>
          new Set(
            threeLoops(labels)
              .filter(([a, p, n]) => rule(between(table, a, p), between(table, a, n)))
              .map(String),
          );
        expect(asSet(allTriplets(table, labels))).toEqual(having(() => true));
        expect(asSet(hard(table, labels))).toEqual(having((near, far) => far <= near));
        const semiHards = having((near, far) => near < far && far < near + margin);
        expect(asSet(semiHard(table, labels, { marginSquaredL2 }))).toEqual(semiHards);
      }),
      { numRuns: 500 },
    );
  });

  test('a random violator is one of those within the margin, for each pair that has any', () => {
    fc.assert(
      fc.property(batches(), fc.integer(), ({ rows, labels, marginSquaredL2 }, seed) => {
        const table = distance.pairwise(rows);
        const margin = distance.name === 'cosine' ? marginSquaredL2 / 2 : marginSquaredL2;
        const violators = threeLoops(labels).filter(
          ([a, p, n]) => between(table, a, n) < between(table, a, p) + margin,
        );
        const found = inThrees(randomViolator(table, labels, { random: createRandom(seed), marginSquaredL2 }));
        for (const triplet of found) expect(violators).toContainEqual(triplet);
        const pairs = (triplets: readonly Triplet[]) => triplets.map(([a, p]) => `${a},${p}`);
        expect(pairs(found)).toEqual([...new Set(pairs(violators))]);
      }),
    );
  });

  test('batch-hard takes the farthest positive and the nearest negative of each anchor', () => {
    fc.assert(
      fc.property(batches(), ({ rows, labels }) => {
        const table = distance.pairwise(rows);
        const all = threeLoops(labels);
        const found = inThrees(batchHard(table, labels));
        expect(found.map(([a]) => a)).toEqual([...new Set(all.map(([a]) => a))]);
        for (const [a, p, n] of found) {
          expect(all).toContainEqual([a, p, n]);
          const ofAnchor = all.filter(([anchor]) => anchor === a);
          expect(between(table, a, p)).toBe(Math.max(...ofAnchor.map(([, other]) => between(table, a, other))));
          expect(between(table, a, n)).toBe(Math.min(...ofAnchor.map(([, , other]) => between(table, a, other))));
        }
      }),
    );
  });

  test('another order of the batch finds the same triplets', () => {
    const labels = Int32Array.from({ length: 12 }, (_, i) => i % 4);
    const rows = randomRows(12, 3);
    const order = shuffled([...labels.keys()], createRandom(4));
    const mixed = {
      ...rows,
      values: Float64Array.from(order.flatMap((i) => [...rows.values.subarray(i * 3, i * 3 + 3)])),
    };
    for (const mine of [allTriplets, hard, semiHard, batchHard]) {
      const found = inThrees(
        mine(
          distance.pairwise(mixed),
          Int32Array.from(order, (i) => labels[i]!),
        ),
      );
      const named = new Set(found.map((triplet) => String(triplet.map((i) => order[i]))));
      expect(named).toEqual(asSet(mine(distance.pairwise(rows), labels)));
      expect(named.size).toBeGreaterThan(0);
    }
  });

  test.each([
    ['one point', new Float32Array(24).fill(0.5)],
    ['nothing', new Float32Array(24)],
    ['a point each but for the last bits', Float32Array.from({ length: 24 }, (_, k) => 0.5 + 1e-7 * (k % 5))],
  ])('never a negative of the own person after a collapse to %s', (_, values) => {
    const labels = Int32Array.of(0, 0, 0, 1, 1, 1, 2, 2);
    const table = distance.pairwise(asRows(values, 3));
    const random = createRandom(1);
    const mined = [
      allTriplets(table, labels),
      hard(table, labels),
      semiHard(table, labels),
      batchHard(table, labels),
      randomViolator(table, labels, { random }),
      distanceWeighted(table, labels, { random, dimension: 3 }),
    ];
    for (const [a, p, n] of mined.flatMap(inThrees)) {
      expect(labels[n]).not.toBe(labels[a]);
      expect(labels[p]).toBe(labels[a]);
      expect(p).not.toBe(a);
    }
    // 3·2·5 triplets of each of two people and 2·1·6 of the third; one an anchor; one an anchor–positive pair
    expect(mined[0]!.anchor.length).toBe(72);
    expect(mined[3]!.anchor.length).toBe(8);
    expect(mined[4]!.anchor.length).toBe(14);
  });
});

test('both distances agree on what is semi-hard, since the margin is given in squared L2', () => {
  const rows = randomRows(30, 8);
  const labels = Int32Array.from({ length: 30 }, (_, i) => i % 6);
  const found = asSet(semiHard(squaredL2.pairwise(rows), labels));
  expect(asSet(semiHard(cosine.pairwise(rows), labels))).toEqual(found);
  expect(found.size).toBeGreaterThan(100);
});

test('P people with K photos give P K (K − 1) (P K − K) triplets', () => {
  const [people, photos] = [5, 4];
  const labels = Int32Array.from({ length: people * photos }, (_, i) => i % people);
  const { anchor } = allTriplets(squaredL2.pairwise(randomRows(labels.length, 3)), labels);
  expect(anchor.length).toBe(people * photos * (photos - 1) * (people * photos - photos));
});

test('the nearest of the fitting negatives is one an anchor–positive pair', () => {
  const rows = randomRows(20, 4);
  const labels = Int32Array.from({ length: 20 }, (_, i) => i % 5);
  const table = squaredL2.pairwise(rows);
  const all = inThrees(semiHard(table, labels));
  const nearest = inThrees(semiHard(table, labels, { take: takeNearest }));
  const pairs = new Set(all.map(([a, p]) => `${a},${p}`));
  expect(nearest.length).toBe(pairs.size);
  for (const [a, p, n] of nearest) {
    const fitting = all.filter(([anchor, positive]) => anchor === a && positive === p);
    expect(between(table, a, n)).toBe(Math.min(...fitting.map(([, , other]) => between(table, a, other))));
  }
});

test.each([
  ['one person', Int32Array.of(3, 3, 3)],
  ['people with one photo each', Int32Array.of(0, 1, 2)],
  ['nobody', new Int32Array()],
])('a batch of %s has no triplets', (_, labels) => {
  const table = squaredL2.pairwise(randomRows(labels.length, 4));
  for (const mine of [allTriplets, hard, semiHard, batchHard]) expect(mine(table, labels).anchor.length).toBe(0);
});

test('broken distances and missing labels are refused, not passed over', () => {
  const labels = Int32Array.of(0, 0, 1);
  const table = squaredL2.pairwise(asRows(Float32Array.of(0, 1, Number.NaN), 1));
  for (const mine of [allTriplets, hard, semiHard, batchHard]) {
    expect(() => mine(table, labels)).toThrow(expect.objectContaining({ code: 'EMBEDDING_ZERO' }));
    expect(() => mine(table, Int32Array.of(0, 0))).toThrow(expect.objectContaining({ code: 'USAGE' }));
  }
});
