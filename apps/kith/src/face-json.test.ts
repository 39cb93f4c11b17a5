import { createLandmarks } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boxJson, landmarksJson, scoreJson } from './face-json.ts';

const px = fc.double({ min: -1e4, max: 1e5, noNaN: true });

test('boxes, landmarks and scores are near what they were, in few digits', () => {
  fc.assert(
    fc.property(px, px, px, px, fc.double({ min: 0, max: 1, noNaN: true }), (xMin, yMin, xMax, yMax, score) => {
      const box = { xMin, yMin, xMax, yMax };
      const written = boxJson(box);
      for (const side of ['xMin', 'yMin', 'xMax', 'yMax'] as const) {
        expect(Math.abs(written[side] - box[side])).toBeLessThan(0.005 + 1e-9);
        expect(String(written[side])).toMatch(/^-?\d+(\.\d{1,2})?$/);
      }
      expect(Math.abs(scoreJson(score) - score)).toBeLessThan(0.00005 + 1e-9);
      expect(JSON.stringify(scoreJson(score)).length).toBeLessThanOrEqual('0.1234'.length);
    }),
  );
  const points = Float32Array.from({ length: 136 }, (_, i) => i / 3);
  const written = landmarksJson(createLandmarks('ibug68', points));
  expect(written).toHaveLength(68);
  expect(written.slice(0, 3)).toEqual([
    [0, 0.33],
    [0.67, 1],
    [1.33, 1.67],
  ]);
});
