import { disjointPeople } from '@kith/training';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestThreshold, whole } from './judge.ts';
import { standardize } from './train.ts';

test('the best threshold decides as many pairs rightly as the best of all', () => {
  const pair = fc.record({ distance: fc.integer({ min: 0, max: 6 }), isGenuine: fc.boolean() });
  fc.assert(
    fc.property(fc.array(pair, { minLength: 1, maxLength: 20 }), (pairs) => {
      const correctAt = (threshold: number) =>
        pairs.filter(({ distance, isGenuine }) => distance < threshold === isGenuine).length;
      const threshold = bestThreshold(
        Float64Array.from(pairs, ({ distance }) => distance),
        Uint8Array.from(pairs, ({ isGenuine }) => (isGenuine ? 1 : 0)),
      );
      const all = [-1, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 7].map(correctAt);
      expect(correctAt(threshold)).toBe(Math.max(...all));
    }),
  );
});

test('pairs with a face that was not found are left out, to be counted as errors', () => {
  const pairs = { one: Int32Array.of(0, -1, 2), other: Int32Array.of(1, 1, -1), isGenuine: Uint8Array.of(1, 0, 1) };
  expect(whole(pairs)).toEqual({ one: Int32Array.of(0), other: Int32Array.of(1), isGenuine: Uint8Array.of(1) });
});

test('a face is brought to mean 0 and deviation 1, one of a single colour to 0', () => {
  const values = Float32Array.of(1, 2, 3, 6);
  standardize(values);
  expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 6);
  expect(values.reduce((sum, value) => sum + value ** 2, 0) / 4).toBeCloseTo(1, 6);
  const flat = Float32Array.of(7, 7, 7);
  standardize(flat);
  expect([...flat]).toEqual([0, 0, 0]);
});

test('whoever is near one of the judging set by any photo, or has one face alone, is not trained on', () => {
  const faceOf = (path: string, degrees: number) => {
    const radians = (degrees * Math.PI) / 180;
    const embedding = Float32Array.of(Math.cos(radians), Math.sin(radians));
    return {
      path,
      embedding,
      box: { xMin: 0, yMin: 0, xMax: 1, yMax: 1 },
      landmarks: { scheme: 'ibug68', points: new Float32Array(136) },
    } as const;
  };
  const judging = [faceOf('judged/1.jpg', 0), faceOf('judged/2.jpg', 4)];
  const training = [
    ...[faceOf('far/1.jpg', 90), faceOf('far/2.jpg', 95)],
    ...[faceOf('near/1.jpg', 6), faceOf('near/2.jpg', 80)],
    ...[faceOf('single/1.jpg', 120)],
  ];
  const thresholds = { photoThreshold: 0.01, meanThreshold: 0.01 };
  const { people, tooClose, tooFew } = disjointPeople(training, judging, thresholds);
  expect(people.map(({ name }) => name)).toEqual(['far']);
  expect(tooClose).toEqual({ people: 1, faces: 2 });
  expect(tooFew).toEqual({ people: 1, faces: 1 });
});
