import { createRandom, gaussian, l2Normalize, createRandom as seeded, squaredL2 } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bootstrapByIdentity } from './intervals.ts';
import { measureOperatingPoints, thresholdFor } from './operating-points.ts';
import { allPairs } from './pair-distances.ts';

function people({
  identities,
  photos,
  dimension = 8,
  spread = 0.35,
  seed = 2,
}: Record<'identities' | 'photos', number> & Partial<Record<'dimension' | 'spread' | 'seed', number>>) {
  const random = createRandom(seed);
  const rows: Float32Array[] = [];
  const labels: number[] = [];
  for (let person = 0; person < identities; person++) {
    const centre = l2Normalize(Array.from({ length: dimension }, () => gaussian(random)));
    for (let photo = 0; photo < 1 + (person % photos); photo++) {
      rows.push(l2Normalize(centre.map((value) => value + spread * gaussian(random))));
      labels.push(person);
    }
  }
  const embeddings = new Float32Array(rows.length * dimension);
  rows.forEach((row, at) => {
    embeddings.set(row, at * dimension);
  });
  return { rows, labels: Int32Array.from(labels), embeddings };
}

test('all pairs are those of two loops, each once, of the right kind', () => {
  const { rows, labels, embeddings } = people({ identities: 90, photos: 4 });
  const { genuine, impostor, faces } = allPairs(embeddings, labels);
  const expected = { genuine: [] as string[], impostor: [] as string[] };
  for (let i = 0; i < rows.length; i++) {
    for (let j = i + 1; j < rows.length; j++) {
      const kind = labels[i] === labels[j] ? 'genuine' : 'impostor';
      expected[kind].push(`${labels[i]} ${labels[j]} ${Math.fround(squaredL2(rows[i]!, rows[j]!))}`);
    }
  }
  const listed = ({ distances, one, other }: typeof genuine) =>
    Array.from(distances, (distance, k) => `${one[k]} ${other[k]} ${distance}`).sort();
  expect(listed(genuine)).toEqual(expected.genuine.sort());
  expect(listed(impostor)).toEqual(expected.impostor.sort());
  expect(faces.reduce((sum, count) => sum + count, 0)).toBe(rows.length);
});

test('a threshold accepts as many impostors as the rate allows, and the next distance would be too many', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 10, maxLength: 200 }),
      fc.double({ min: 0.01, max: 0.9, noNaN: true }),
      (steps, rate) => {
        const sorted = Float64Array.from(steps, (step) => step / 10).sort();
        const threshold = thresholdFor(sorted, rate);
        const accepted = (limit: number) => sorted.filter((distance) => distance <= limit).length;
        expect(accepted(threshold)).toBeLessThanOrEqual(rate * sorted.length + 1e-6);
        const next = sorted.find((distance) => distance > threshold)!;
        expect(accepted(next)).toBeGreaterThan(rate * sorted.length - 1e-6);
      },
    ),
  );
});

test('measured points hold their rates, fall together, and leave out what the data cannot tell', () => {
  const { labels, embeddings } = people({ identities: 150, photos: 3 });
  const pairs = allPairs(embeddings, labels);
  const { points, unresolved } = measureOperatingPoints(pairs, { replicates: 200 });
  expect(points.map(({ fmr }) => fmr)).toEqual([1e-1, 1e-2, 1e-3]);
  expect(unresolved).toEqual([1e-4, 1e-5, 1e-6]);
  for (const [at, { fmr, threshold, fnmr, fmrInterval, fnmrInterval }] of points.entries()) {
    const measured = pairs.impostor.distances.filter((d) => d <= threshold).length / pairs.impostor.distances.length;
    expect(measured).toBeLessThanOrEqual(fmr);
    expect(measured).toBeGreaterThan(fmr * 0.95);
    expect(fnmr).toBe(pairs.genuine.distances.filter((d) => d > threshold).length / pairs.genuine.distances.length);
    expect(threshold).toBeLessThan(points[at - 1]?.threshold ?? 4);
    expect(fmrInterval[0] <= measured && measured <= fmrInterval[1]).toBe(true);
    expect(fnmrInterval[0] <= fnmr && fnmr <= fnmrInterval[1]).toBe(true);
  }
});

test('intervals are those of the plain bootstrap over pairs', () => {
  const { labels, embeddings } = people({ identities: 40, photos: 3, seed: 6 });
  const pairs = allPairs(embeddings, labels);
  const { points } = measureOperatingPoints(pairs, { rates: [0.1], replicates: 300, seed: 5 });
  const { threshold, fmrInterval, fnmrInterval } = points[0]!;
  const trials = ({ distances, one, other }: typeof pairs.genuine, wrong: (d: number) => boolean) =>
    Array.from(distances, (d, k) => ({ one: one[k]!, other: other[k]!, error: wrong(d) }));
  // the same seed draws the same people; identity 39 is last in both
  const plain = bootstrapByIdentity(
    trials(pairs.impostor, (d) => d <= threshold),
    { replicates: 300, seed: 5 },
  );
  fmrInterval.forEach((end, at) => {
    expect(end).toBeCloseTo(plain[at]!, 10);
  });
  const genuine = trials(pairs.genuine, (d) => d > threshold);
  const lastHasPairs = genuine.some(({ one }) => one === 39);
  if (!lastHasPairs) genuine.push({ one: 39, other: 39, error: false });
  const plainGenuine = bootstrapByIdentity(genuine, { replicates: 300, seed: 5 });
  fnmrInterval.forEach((end, at) => {
    expect(Math.abs(end - plainGenuine[at]!)).toBeLessThan(lastHasPairs ? 1e-10 : 0.03);
  });
});

test('FPIR over N enrolled strangers follows from the rate of one comparison', () => {
  const random = seeded(21);
  const draw = () => l2Normalize(Array.from({ length: 6 }, () => gaussian(random)));
  const gallery = Array.from({ length: 50 }, draw);
  const impostors = Float64Array.from({ length: 100_000 }, () => squaredL2(draw(), draw())).sort();
  const threshold = thresholdFor(impostors, 1 - (1 - 0.1) ** (1 / 50));
  let named = 0;
  for (let search = 0; search < 4000; search++) {
    const probe = draw();
    if (gallery.some((face) => squaredL2(face, probe) <= threshold)) named++;
  }
  expect(Math.abs(named / 4000 - 0.1)).toBeLessThan(0.03);
});
