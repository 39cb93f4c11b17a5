import { intersectionOverUnion } from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nonMaximumSuppression } from './non-maximum-suppression.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const candidates = fc
  .array(fc.record({ x: share, y: share, width: share, height: share, score: share }), { maxLength: 25 })
  .map((list) => ({
    boxes: Float32Array.from(list.flatMap(({ x, y, width, height }) => [x, y, x + width, y + height])),
    scores: Float32Array.from(list, ({ score }) => score),
  }));

const boxAt = (boxes: Float32Array, i: number) => {
  const [xMin, yMin, xMax, yMax] = boxes.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
  return { xMin, yMin, xMax, yMax };
};

describe('nonMaximumSuppression', () => {
  test('takes the best of what is left and drops what overlaps it, until nothing is left', () => {
    fc.assert(
      fc.property(candidates, fc.constantFrom(0.3, 0.4, 0.5), (found, maxOverlap) => {
        let left = [...found.scores.keys()].sort((a, b) => found.scores[b]! - found.scores[a]!);
        const expected: number[] = [];
        while (left.length > 0) {
          const [best, ...others] = left;
          expected.push(best!);
          left = others.filter(
            (i) => intersectionOverUnion(boxAt(found.boxes, best!), boxAt(found.boxes, i)) <= maxOverlap,
          );
        }
        expect(nonMaximumSuppression(found, { maxOverlap })).toEqual(expected);
      }),
    );
  });

  test('keeps no more than asked for, the best', () => {
    const boxes = Float32Array.from([0, 0, 1, 1, 2, 0, 3, 1, 4, 0, 5, 1]);
    const scores = Float32Array.from([0.2, 0.9, 0.5]);
    expect(nonMaximumSuppression({ boxes, scores }, { maxCount: 2 })).toEqual([1, 2]);
  });

  test('keeps boxes without area: they overlap nothing', () => {
    const boxes = Float32Array.from([0, 0, 1, 1, 0.5, 0.5, 0.5, 0.5]);
    expect(nonMaximumSuppression({ boxes, scores: Float32Array.from([0.9, 0.8]) })).toEqual([0, 1]);
  });

  test('finds nothing among nothing', () => {
    expect(nonMaximumSuppression({ boxes: new Float32Array(), scores: new Float32Array() })).toEqual([]);
  });
});
