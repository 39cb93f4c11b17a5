import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cumulativeMatch, mateRank, openSetRates } from './identification.ts';

const distances = () => fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 12 });

test('a mate stands behind everybody who is as near, and the CMC counts who has been reached', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), distances()), { minLength: 1, maxLength: 20 }),
      (probes) => {
        const ranks = probes.map(([mate, others]) => mateRank(mate, others));
        ranks.forEach((rank, p) => {
          const [mate, others] = probes[p]!;
          // sorted with the mate after its equals
          const order = [...others.map((d) => [d, 0] as const), [mate, 1] as const].sort(
            (a, b) => a[0] - b[0] || a[1] - b[1],
          );
          expect(rank).toBe(order.findIndex(([, isMate]) => isMate === 1) + 1);
        });
        const curve = cumulativeMatch(ranks, { ranks: 13 });
        curve.forEach((share, k) => {
          expect(share).toBeCloseTo(ranks.filter((rank) => rank <= k + 1).length / ranks.length, 12);
        });
        expect(curve.at(-1)).toBe(1);
      },
    ),
  );
});

test('a mate that is not enrolled is never reached', () => {
  expect([...cumulativeMatch([1, Number.POSITIVE_INFINITY], { ranks: 3 })]).toEqual([0.5, 0.5, 0.5]);
});

test('a looser threshold names more strangers and misses fewer mates', () => {
  fc.assert(
    fc.property(distances(), distances(), fc.integer({ min: 0, max: 7 }), (mates, strangers, threshold) => {
      const searches = mates.map((distance, k) => ({ distance, rank: 1 + (k % 3) }));
      const strict = openSetRates(searches, strangers, { threshold });
      const loose = openSetRates(searches, strangers, { threshold: threshold + 1 });
      expect(strict.fpir).toBe(strangers.filter((d) => d <= threshold).length / strangers.length);
      expect(strict.fnir).toBeCloseTo(
        1 - searches.filter((s) => s.distance <= threshold && s.rank === 1).length / searches.length,
        12,
      );
      expect(loose.fpir).toBeGreaterThanOrEqual(strict.fpir);
      expect(loose.fnir).toBeLessThanOrEqual(strict.fnir);
      expect(openSetRates(searches, strangers, { threshold, maxRank: 3 }).fnir).toBeLessThanOrEqual(strict.fnir);
    }),
  );
});
