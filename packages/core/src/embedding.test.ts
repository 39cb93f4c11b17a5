import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cosineDistance, squaredL2 } from './distance.ts';
import { assertSameSpace, l2Normalize } from './embedding.ts';

const vector = fc
  .array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 8, maxLength: 8 })
  .filter((values) => Math.hypot(...values) > 1e-3);

describe('embeddings', () => {
  test('have length 1 and keep their direction', () => {
    fc.assert(
      fc.property(vector, (values) => {
        const embedding = l2Normalize(values);
        expect(Math.abs(Math.hypot(...embedding) - 1)).toBeLessThan(1e-5);
        expect(cosineDistance(values, embedding)).toBeCloseTo(0, 6);
      }),
    );
  });

  test('squared L2 is twice the cosine distance, and in [0, 4]', () => {
    fc.assert(
      fc.property(vector, vector, (one, other) => {
        const distance = squaredL2(l2Normalize(one), l2Normalize(other));
        expect(distance).toBeCloseTo(2 * cosineDistance(one, other), 5);
        expect(distance).toBeGreaterThanOrEqual(0);
        expect(distance).toBeLessThanOrEqual(4 + 1e-5);
      }),
    );
  });

  test.each([[[0, 0, 0]], [[Number.NaN, 1, 0]], [[Number.POSITIVE_INFINITY, 1, 0]], [[]]])(
    '%j has no direction',
    (values) => {
      expect(() => l2Normalize(values)).toThrow(expect.objectContaining({ code: 'EMBEDDING_ZERO' }));
    },
  );

  test('of two spaces are never compared', () => {
    const space = { model: 'a', preprocessing: 'b', dimension: 3 };
    expect(() => assertSameSpace(space, { ...space })).not.toThrow();
    for (const other of [{ model: 'c' }, { preprocessing: 'c' }, { dimension: 4 }]) {
      expect(() => assertSameSpace(space, { ...space, ...other })).toThrow(
        expect.objectContaining({ code: 'SPACE_MISMATCH' }),
      );
    }
  });
});
