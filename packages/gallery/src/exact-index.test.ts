import { createRandom, squaredL2 } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { syntheticEmbedding } from '../../../test/support/gallery-faces.ts';
import { ExactIndex } from './exact-index.ts';

test.each([1, 2, 31, 33, 64, 128])(
  'exact search of %i-d vectors is sorting by distance, through adds and removals',
  async (dimension) => {
    const step = fc.record({
      id: fc.integer({ min: 0, max: 40 }),
      removes: fc.boolean(),
      vector: fc.integer({ min: 0, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), fc.integer({ min: 0, max: 50 }), async (steps, count) => {
        const index = new ExactIndex(dimension, { capacity: 2 });
        const model = new Map<number, number>();
        for (const { id, removes, vector } of steps) {
          if (removes) {
            await index.remove(id);
            model.delete(id);
          } else {
            await index.add(id, syntheticEmbedding(vector, { dimension }));
            model.set(id, vector);
          }
        }
        const probe = syntheticEmbedding(7, { dimension });
        const sorted = [...model]
          .map(([id, vector]) => ({ id, distance: squaredL2(probe, syntheticEmbedding(vector, { dimension })) }))
          .sort((one, other) => one.distance - other.distance || one.id - other.id)
          .slice(0, count);
        const found = await index.search(probe, count);
        expect(index.size).toBe(model.size);
        expect(found.map(({ id }) => id)).toEqual(sorted.map(({ id }) => id));
        found.forEach(({ distance }, i) => {
          expect(distance).toBeCloseTo(sorted[i]!.distance, 12);
        });
      }),
      { numRuns: 30 },
    );
  },
);

test('a snapshot holds what the index holds, and nothing of what was removed', () => {
  const index = new ExactIndex(8);
  const random = createRandom(5);
  const kept = new Map<number, number>();
  for (let id = 0; id < 200; id++) {
    index.put(id, syntheticEmbedding(id, { dimension: 8 }));
    kept.set(id, id);
  }
  for (let id = 0; id < 200; id++) if (random() < 0.5 && index.drop(id)) kept.delete(id);
  const { numbers, vectors } = index.snapshot();
  expect(new Set(numbers)).toEqual(new Set(kept.keys()));
  numbers.forEach((id, row) => {
    expect(vectors.subarray(row * 8, row * 8 + 8)).toEqual(Float32Array.from(syntheticEmbedding(id, { dimension: 8 })));
  });
  expect(index.drop(1000)).toBe(false);
});
