import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFinitePoint, isSteep, type Point, rangeOf, smoothed, thinned } from './curves.ts';

const curves = fc
  .array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 })
  .map((values) => values.map((y, x): Point => [x, y]));

test('smoothing is the mean of a point and its neighbours, written the slow way', () => {
  fc.assert(
    fc.property(curves, fc.nat({ max: 50 }), (points, reach) => {
      for (const [at, [x, y]] of smoothed(points, reach).entries()) {
        const near = points.filter(([other]) => Math.abs(other - at) <= reach).map(([, value]) => value);
        const mean = near.reduce((sum, value) => sum + value, 0) / near.length;
        expect(x).toBe(at);
        expect(Math.abs(y - mean)).toBeLessThan(1e-6);
      }
    }),
  );
});

test('thinning keeps the order, the extremes, and no more than two points a column', () => {
  fc.assert(
    fc.property(curves, fc.integer({ min: 1, max: 20 }), (points, columns) => {
      const kept = thinned(points, columns);
      expect(kept.length).toBeLessThanOrEqual(2 * columns);
      const ys = (list: readonly Point[]) => list.map(([, y]) => y);
      expect(Math.max(...ys(kept))).toBe(Math.max(...ys(points)));
      expect(Math.min(...ys(kept))).toBe(Math.min(...ys(points)));
      expect(kept.map(([x]) => x)).toEqual(kept.map(([x]) => x).sort((a, b) => a - b));
      expect(kept.every((point) => points.includes(point))).toBe(true);
    }),
  );
});

test('a range has a length, whatever it is of, and leaves a lone outlier outside', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true })), (values) => {
      const [from, to] = rangeOf(values);
      expect(to).toBeGreaterThan(from);
    }),
    { examples: [[[-5e-324]]] },
  );
  const [from, to] = rangeOf([...Array.from({ length: 999 }, (_, i) => 1 + (i % 2)), 1000]);
  expect(to).toBeLessThan(2.2);
  expect(from).toBeGreaterThan(0.9);
  expect(rangeOf([0.1, 1])[0]).toBe(0);
});

test('only what falls over powers of ten is steep', () => {
  expect(isSteep([1, 0.1, 0.01, 0.001])).toBe(true);
  expect(isSteep([1, 0.5, 0.3])).toBe(false);
  expect(isSteep([1, 0.001, 0, 0])).toBe(false);
  // a cosine that ends near zero
  expect(isSteep([1, 0.85, 0.5, 0.15, 0.0001])).toBe(false);
  expect(isSteep([])).toBe(false);
});

test('points that are no numbers are left out', () => {
  const points: Point[] = [
    [0, 1],
    [1, Number.NaN],
    [2, Number.POSITIVE_INFINITY],
    [Number.NaN, 1],
  ];
  expect(points.filter(isFinitePoint)).toEqual([[0, 1]]);
});
