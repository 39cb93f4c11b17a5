import fc from 'fast-check';
import { expect, test } from 'vitest';
import { posePairs } from './pose-pairs.ts';

test('pairs of unlike pose are all genuine ones of the definition, and as many strangers, each once', () => {
  const photo = fc.record({ person: fc.constantFrom('a', 'b', 'c', 'd'), yaw: fc.integer({ min: -60, max: 60 }) });
  fc.assert(
    fc.property(fc.array(photo, { minLength: 2, maxLength: 24 }), fc.nat(99), (photos, seed) => {
      const people = photos.map(({ person }) => person);
      const yaws = Float64Array.from(photos, ({ yaw }) => yaw);
      const far = photos.flatMap((one, i) =>
        photos.slice(i + 1).flatMap((other, k) => {
          if (Math.abs(one.yaw - other.yaw) < 30) return [];
          return [{ one: i, other: i + 1 + k, same: one.person === other.person }];
        }),
      );
      const pairs = posePairs(yaws, people, { leastDegrees: 30, seed });
      const textOf = ({ one, other }: { one: number; other: number }) => `${one} ${other}`;
      const genuine = pairs.filter(({ same }) => same);
      expect(genuine).toEqual(far.filter(({ same }) => same));
      const strangers = pairs.filter(({ same }) => !same).map(textOf);
      expect(new Set(strangers).size).toBe(strangers.length);
      const possible = far.filter(({ same }) => !same).map(textOf);
      expect(strangers.length).toBeLessThanOrEqual(genuine.length);
      if (possible.length >= genuine.length) expect(strangers).toHaveLength(genuine.length);
      expect(possible).toEqual(expect.arrayContaining(strangers));
    }),
    { numRuns: 60 },
  );
});
