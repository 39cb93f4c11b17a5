import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Affine,
  type Box,
  clipBox,
  composeAffine,
  identityAffine,
  intersectionOverUnion,
  invertAffine,
  scaleOf,
  transformPoint,
} from './geometry.ts';

const coordinate = fc.integer({ min: -1000, max: 1000 });
const affine: fc.Arbitrary<Affine> = fc
  .record({ a: coordinate, b: coordinate, c: coordinate, d: coordinate, e: coordinate, f: coordinate })
  .map(({ a, b, c, d, e, f }) => ({ a: a / 100, b: b / 100, c, d: d / 100, e: e / 100, f }))
  .filter(({ a, b, d, e }) => Math.abs(a * e - b * d) > 0.01);
const box: fc.Arbitrary<Box> = fc
  .tuple(coordinate, coordinate, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }))
  .map(([x, y, w, h]) => ({ xMin: x % 60, yMin: y % 60, xMax: (x % 60) + w, yMax: (y % 60) + h }));

describe('affine transforms', () => {
  test('composing means doing one after the other', () => {
    fc.assert(
      fc.property(affine, affine, coordinate, coordinate, (first, second, x, y) => {
        const [u, v] = transformPoint(composeAffine(first, second), [x, y]);
        const [p, q] = transformPoint(second, transformPoint(first, [x, y]));
        expect(u).toBeCloseTo(p, 6);
        expect(v).toBeCloseTo(q, 6);
      }),
    );
  });

  test('the inverse leads back, and scales the other way', () => {
    fc.assert(
      fc.property(affine, coordinate, coordinate, (transform, x, y) => {
        const [u, v] = transformPoint(invertAffine(transform), transformPoint(transform, [x, y]));
        expect(u).toBeCloseTo(x, 3);
        expect(v).toBeCloseTo(y, 3);
        expect(scaleOf(transform) * scaleOf(invertAffine(transform))).toBeCloseTo(1, 9);
      }),
    );
  });

  test('a transform that flattens the plane has no inverse', () => {
    expect(() => invertAffine({ ...identityAffine, a: 0 })).toThrow(
      expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' }),
    );
  });
});

describe('boxes', () => {
  test('overlap equals the share of common pixels, counted one by one', () => {
    fc.assert(
      fc.property(box, box, (one, other) => {
        let common = 0;
        let either = 0;
        for (let y = -60; y < 110; y++) {
          for (let x = -60; x < 110; x++) {
            const inOne = x >= one.xMin && x < one.xMax && y >= one.yMin && y < one.yMax;
            const inOther = x >= other.xMin && x < other.xMax && y >= other.yMin && y < other.yMax;
            if (inOne && inOther) common++;
            if (inOne || inOther) either++;
          }
        }
        expect(intersectionOverUnion(one, other)).toBeCloseTo(common / either, 12);
      }),
      { numRuns: 50 },
    );
  });

  test('clipping keeps what is inside', () => {
    expect(clipBox({ xMin: -5, yMin: 2, xMax: 9, yMax: 30 }, { width: 8, height: 20 })).toEqual({
      xMin: 0,
      yMin: 2,
      xMax: 8,
      yMax: 20,
    });
  });
});
