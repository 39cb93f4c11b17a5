import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ConfuserSamplerOptions, confuserSampler } from './confuser-sampler.ts';

/** People with a few photos each and others they are taken for, some of whom have one photo only. */
const given: fc.Arbitrary<ConfuserSamplerOptions> = fc
  .record({
    photos: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 4, maxLength: 30 }),
    people: fc.integer({ min: 2, max: 9 }),
    photosPerPerson: fc.integer({ min: 2, max: 4 }),
    repeatPhotos: fc.boolean(),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    likeliest: fc.array(fc.array(fc.nat(), { maxLength: 6 }), { minLength: 30, maxLength: 30 }),
    groupShare: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ photos, likeliest, groupShare, ...rest }) => ({
    ...rest,
    labels: photos.flatMap((count, label) => Array<number>(count).fill(label)),
    confusers: photos.map((_, label) =>
      [...new Set(likeliest[label]!.map((number) => number % photos.length))].filter((other) => other !== label),
    ),
    groupSize: 2 + Math.round(groupShare * (rest.people - 2)),
  }))
  .filter((options) => usableOf(options).length >= options.people);

function photosOf({ labels }: ConfuserSamplerOptions, label: number): number[] {
  return Array.from(labels).flatMap((other, row) => (other === label ? [row] : []));
}

function usableOf(options: ConfuserSamplerOptions): number[] {
  const least = options.repeatPhotos ? 2 : options.photosPerPerson;
  return [...new Set(Array.from(options.labels))].filter((label) => photosOf(options, label).length >= least);
}

/** The people of a batch, in its order. */
function peopleOf({ labels, photosPerPerson }: ConfuserSamplerOptions, rows: Int32Array): number[] {
  return Array.from(
    rows.filter((_, i) => i % photosPerPerson === 0),
    (row) => labels[row]!,
  );
}

test('a batch has P different people with K photos each, which differ as far as there are so many', () => {
  fc.assert(
    fc.property(given, (options) => {
      const { labels, people, photosPerPerson: k } = options;
      const sampler = confuserSampler(options);
      expect(sampler.batchSize).toBe(people * k);
      for (const iteration of [0, 1, 33]) {
        const rows = sampler.batch(iteration);
        const drawn = peopleOf(options, rows);
        expect(rows.length).toBe(people * k);
        expect(new Set(drawn).size).toBe(people);
        drawn.forEach((label, i) => {
          const own = [...rows.slice(i * k, (i + 1) * k)];
          expect(own.every((row) => labels[row] === label)).toBe(true);
          expect(new Set(own).size).toBe(Math.min(k, photosOf(options, label).length));
        });
      }
    }),
  );
});

test('a group is its seed and the first of its confusers who can be had, then others', () => {
  fc.assert(
    fc.property(given, fc.nat({ max: 40 }), (options, iteration) => {
      const { people, groupSize, confusers } = options;
      const usable = usableOf(options);
      const drawn = peopleOf(options, confuserSampler(options).batch(iteration));
      const seeds = drawn.filter((_, i) => i % groupSize === 0);
      const before = new Set(seeds);
      for (let start = 0; start < people; start += groupSize) {
        const [seed, ...others] = drawn.slice(start, start + groupSize);
        const free = Array.from(confusers[seed!]!).filter((label) => usable.includes(label) && !before.has(label));
        const expected = free.slice(0, others.length);
        expect(others.slice(0, expected.length)).toEqual(expected);
        for (const label of others) before.add(label);
      }
    }),
  );
});

test('an epoch takes each person as a seed once, but for fewer than fill a batch', () => {
  fc.assert(
    fc.property(given, (options) => {
      const usable = usableOf(options);
      const groups = Math.ceil(options.people / options.groupSize);
      const { batchesPerEpoch, batch } = confuserSampler(options);
      expect(batchesPerEpoch).toBe(Math.floor(usable.length / groups));
      for (const epoch of [0, 3]) {
        const seeds = Array.from({ length: batchesPerEpoch }, (_, i) =>
          peopleOf(options, batch(epoch * batchesPerEpoch + i)).filter((_, i) => i % options.groupSize === 0),
        ).flat();
        expect(new Set(seeds).size).toBe(batchesPerEpoch * groups);
        expect(seeds.every((label) => usable.includes(label))).toBe(true);
      }
    }),
  );
});

const twins = {
  labels: Array.from({ length: 80 }, (_, row) => row >> 2),
  // 0 and 1, 2 and 3, … are taken for each other
  confusers: Array.from({ length: 20 }, (_, label) => [label ^ 1]),
  people: 6,
  photosPerPerson: 3,
  groupSize: 2,
  seed: 5,
};

test('who is taken for whom meets in the batch', () => {
  const sampler = confuserSampler(twins);
  for (let iteration = 0; iteration < 30; iteration++) {
    const drawn = peopleOf(twins, sampler.batch(iteration));
    const seeds = drawn.filter((_, i) => i % 2 === 0);
    for (const seed of seeds) expect(drawn).toContain(seed ^ 1);
  }
});

test('a batch follows from its iteration alone', () => {
  const iterations = Array.from({ length: 25 }, (_, i) => i);
  const [forwards, backwards] = [confuserSampler(twins), confuserSampler(twins)];
  const expected = iterations.map((i) => forwards.batch(i));
  expect(iterations.toReversed().map((i) => backwards.batch(i))).toEqual(expected.toReversed());
  expect(confuserSampler({ ...twins, seed: 6 }).batch(0)).not.toEqual(expected[0]);
  expect(forwards.batch(forwards.batchesPerEpoch)).not.toEqual(expected[0]);
});

test('without confusers the groups are of people at random, other ones each time', () => {
  const options = { ...twins, confusers: twins.confusers.map(() => []) };
  const sampler = confuserSampler(options);
  const met = new Set<number>();
  for (let iteration = 0; iteration < 100 * sampler.batchesPerEpoch; iteration++) {
    const drawn = peopleOf(options, sampler.batch(iteration));
    const at = drawn.indexOf(0);
    if (at >= 0) for (const label of drawn.slice(at - (at % 2), at - (at % 2) + 2)) met.add(label);
  }
  expect(met.size).toBe(20);
});

test('too few people, a group of no size and confusers of other people are refused with a code', () => {
  const refused = (changed: Partial<ConfuserSamplerOptions>, code: string) =>
    expect(() => confuserSampler({ ...twins, ...changed })).toThrow(expect.objectContaining({ code }));
  refused({ people: 21 }, 'TRAINING_DATA_UNFIT');
  refused({ photosPerPerson: 5 }, 'TRAINING_DATA_UNFIT');
  for (const groupSize of [1, 2.5, 7]) refused({ groupSize }, 'USAGE');
  refused({ photosPerPerson: 1 }, 'USAGE');
  refused({ confusers: twins.confusers.slice(1) }, 'USAGE');
  refused({ confusers: twins.confusers.with(3, [3]) }, 'USAGE');
  refused({ confusers: twins.confusers.with(3, [20]) }, 'USAGE');
});
