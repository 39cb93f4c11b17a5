import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { learningRate } from '../solver/learning-rate.ts';
import { solverOf } from '../solver/solver-of.ts';
import { pkSampler } from './pk-sampler.ts';
import { shuffledSampler } from './shuffled-sampler.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

test('the shuffled sampler gives every row once an epoch, in a new order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 50 }), seeds, (count, batchSize, seed) => {
      const sampler = shuffledSampler({ count, batchSize, seed });
      expect(sampler.batchesPerEpoch).toBe(Math.ceil(count / batchSize));
      const batches = Array.from({ length: 3 * sampler.batchesPerEpoch }, (_, iteration) => sampler.batch(iteration));
      const rows = batches.flatMap((batch) => [...batch]);
      for (let epoch = 0; (epoch + 1) * count <= rows.length; epoch++) {
        const seen = rows.slice(epoch * count, (epoch + 1) * count).sort((a, b) => a - b);
        expect(seen).toEqual(Array.from({ length: count }, (_, row) => row));
      }
    }),
  );
  const sampler = shuffledSampler({ count: 100, batchSize: 100, seed: 1 });
  expect(sampler.batch(0)).not.toEqual(sampler.batch(1));
  expect(sampler.batch(0)).not.toEqual(shuffledSampler({ count: 100, batchSize: 100, seed: 2 }).batch(0));
});

/** People with a few photos each, their rows mixed, and a batch that they can fill. */
const people = fc
  .record({
    photos: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 30 }),
    p: fc.integer({ min: 2, max: 5 }),
    k: fc.integer({ min: 2, max: 5 }),
    repeatPhotos: fc.boolean(),
    seed: seeds,
  })
  .map(({ photos, ...rest }) => {
    const labels = photos.flatMap((count, label) => Array<number>(count).fill(label * 3));
    const mixed = labels.map((_, i) => labels[(i * 7919) % labels.length]!);
    return { ...rest, labels: labels.length % 7919 === 0 ? labels : mixed };
  })
  .map((given) => {
    const count = new Map<number, number>();
    for (const label of given.labels) count.set(label, (count.get(label) ?? 0) + 1);
    const least = given.repeatPhotos ? 2 : given.k;
    return { ...given, count, usable: [...count.keys()].filter((label) => count.get(label)! >= least) };
  })
  .filter(({ usable, p }) => usable.length >= p);

test('a batch has P people with K photos each, and the triplets that the formula counts', () => {
  fc.assert(
    fc.property(people, ({ labels, p, k, seed, repeatPhotos, count }) => {
      const sampler = pkSampler({ labels, people: p, photosPerPerson: k, seed, repeatPhotos });
      for (const iteration of [0, 1, 2, 17]) {
        const rows = sampler.batch(iteration);
        const of = [...rows].map((row) => labels[row]!);
        expect(rows.length).toBe(p * k);
        expect(new Set(of).size).toBe(p);
        for (const label of new Set(of)) {
          const own = [...rows].filter((row) => labels[row] === label);
          expect(own.length).toBe(k);
          expect(new Set(own).size).toBe(Math.min(k, count.get(label)!));
        }
        let triplets = 0;
        for (let a = 0; a < of.length; a++) {
          for (let b = 0; b < of.length; b++) {
            for (let n = 0; n < of.length; n++) if (a !== b && of[a] === of[b] && of[a] !== of[n]) triplets++;
          }
        }
        expect(triplets).toBe(p * k * (k - 1) * (p * k - k));
      }
    }),
    { numRuns: 60 },
  );
});

test('an epoch takes nobody twice and leaves out fewer than P; all come in time, with all their photos', () => {
  fc.assert(
    fc.property(people, ({ labels, p, k, seed, repeatPhotos, usable }) => {
      const sampler = pkSampler({ labels, people: p, photosPerPerson: k, seed, repeatPhotos });
      const { batchesPerEpoch } = sampler;
      expect(batchesPerEpoch).toBe(Math.floor(usable.length / p));
      const seen = new Set<number>();
      for (let epoch = 0; epoch < 150; epoch++) {
        const rows = Array.from({ length: batchesPerEpoch }, (_, b) => [
          ...sampler.batch(epoch * batchesPerEpoch + b),
        ]).flat();
        const taken = rows.filter((_, i) => i % k === 0).map((row) => labels[row]!);
        if (epoch < 3) expect(new Set(taken).size).toBe(batchesPerEpoch * p);
        for (const row of rows) seen.add(row);
      }
      const expected = labels.flatMap((label, row) => (usable.includes(label) ? [row] : []));
      expect([...seen].sort((a, b) => a - b)).toEqual(expected);
    }),
    { numRuns: 20 },
  );
});

test('photos of a person all come before one comes again', () => {
  const labels = [...Array<number>(12).fill(0), ...Array<number>(12).fill(1)];
  const sampler = pkSampler({ labels, people: 2, photosPerPerson: 3, seed: 4 });
  for (const first of [0, 4, 8]) {
    const rows = [0, 1, 2, 3].flatMap((i) => [...sampler.batch(first + i)]);
    expect(new Set(rows).size).toBe(24);
  }
});

test('a batch follows from its iteration alone', () => {
  const labels = Array.from({ length: 90 }, (_, row) => row % 15);
  const options = { labels, people: 4, photosPerPerson: 3, seed: 8 };
  const forwards = pkSampler(options);
  const backwards = pkSampler(options);
  const iterations = Array.from({ length: 20 }, (_, i) => i);
  const expected = iterations.map((i) => forwards.batch(i));
  expect(iterations.reverse().map((i) => backwards.batch(i))).toEqual(expected.reverse());
  expect(pkSampler({ ...options, seed: 9 }).batch(0)).not.toEqual(forwards.batch(0));
});

test('too few people, photos or rows are refused with a code', () => {
  const unfit = expect.objectContaining({ code: 'TRAINING_DATA_UNFIT' });
  const usage = expect.objectContaining({ code: 'USAGE' });
  const pk =
    (labels: number[], repeatPhotos = false) =>
    () =>
      pkSampler({ labels, people: 2, photosPerPerson: 3, seed: 1, repeatPhotos });
  expect(pk([])).toThrow(unfit);
  expect(pk([0, 0, 0, 0, 1])).toThrow(/2 people of at least 3 photos each; got 1 of 2 people, 1 of whom/);
  expect(pk([0, 0, 0, 1, 1])).toThrow(unfit);
  expect(pk([0, 0, 0, 1, 1], true)().batch(0).length).toBe(6);
  expect(pk([0, 0, 0, 1], true)).toThrow(unfit);
  expect(() => pkSampler({ labels: [0, 1], people: 2, photosPerPerson: 1, seed: 1 })).toThrow(usage);
  expect(() => shuffledSampler({ count: 0, batchSize: 2, seed: 1 })).toThrow(unfit);
  expect(() => shuffledSampler({ count: 3, batchSize: 0, seed: 1 })).toThrow(usage);
});

test.each([-1, 0.5, Number.NaN])('a batch of iteration %d is refused', (iteration) => {
  const labels = [0, 0, 1, 1];
  const refusal = expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(`got ${iteration}`) });
  const samplers = [
    pkSampler({ labels, people: 2, photosPerPerson: 2, seed: 1 }),
    shuffledSampler({ count: 4, batchSize: 2, seed: 1 }),
  ];
  for (const sampler of samplers) expect(() => sampler.batch(iteration)).toThrow(refusal);
  const solver = solverOf({ type: 'SGD', baseLr: 0.1, policy: { kind: 'fixed' }, maxIterations: 10 });
  expect(() => learningRate(solver, iteration)).toThrow(refusal);
});
