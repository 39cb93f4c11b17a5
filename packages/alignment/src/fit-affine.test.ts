import { type Affine, createRandom, gaussian, transformPoint } from '@kith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitAffine } from './fit-affine.ts';

const coefficient = fc.double({ min: -4, max: 4, noNaN: true });
const affine: fc.Arbitrary<Affine> = fc
  .record({ a: coefficient, b: coefficient, c: coefficient, d: coefficient, e: coefficient, f: coefficient })
  .filter(({ a, b, d, e }) => Math.abs(a * e - b * d) > 0.1);
/** So far from flat that noise does not bring targets into one line. */
const wideAffine = affine.filter(({ a, b, d, e }) => Math.abs(a * e - b * d) > 0.1 * (a * a + b * b + d * d + e * e));
const triangle = Float64Array.of(36, 20, 75, 18, 50, 60);
const degenerate = expect.objectContaining({ code: 'LANDMARKS_DEGENERATE' });

function moved(points: Float64Array, by: Affine): Float64Array {
  const out = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 2) out.set(transformPoint(by, [points[i]!, points[i + 1]!]), i);
  return out;
}

/** The three unknowns of one row of an affine, by Cramer's rule on the normal equations of [x y 1]. */
function row(from: Float64Array, to: Float64Array, offset: 0 | 1): readonly number[] {
  const normal = Array.from({ length: 3 }, () => [0, 0, 0]);
  const right = [0, 0, 0];
  for (let i = 0; i < from.length; i += 2) {
    const terms = [from[i]!, from[i + 1]!, 1];
    for (let r = 0; r < 3; r++) {
      for (let c = 0; c < 3; c++) normal[r]![c]! += terms[r]! * terms[c]!;
      right[r]! += terms[r]! * to[i + offset]!;
    }
  }
  const determinant = (m: readonly (readonly number[])[]) => {
    const [[a, b, c], [d, e, f], [g, h, k]] = m as [number[], number[], number[]];
    return a! * (e! * k! - f! * h!) - b! * (d! * k! - f! * g!) + c! * (d! * h! - e! * g!);
  };
  return [0, 1, 2].map((column) => {
    const replaced = normal.map((line, r) => line.map((value, c) => (c === column ? right[r]! : value)));
    return determinant(replaced) / determinant(normal);
  });
}

test('three points are taken to their targets exactly', () => {
  fc.assert(
    fc.property(affine, (made) => {
      const fitted = fitAffine(triangle, moved(triangle, made));
      for (const key of ['a', 'b', 'c', 'd', 'e', 'f'] as const) expect(fitted[key]).toBeCloseTo(made[key], 8);
    }),
  );
});

test('with more points it is the solution of the normal equations', () => {
  fc.assert(
    fc.property(wideAffine, fc.integer(), (made, seed) => {
      const random = createRandom(seed);
      const from = Float64Array.from({ length: 14 }, () => 40 * gaussian(random));
      const to = moved(from, made).map((value) => value + gaussian(random));
      const { a, b, c, d, e, f } = fitAffine(from, to);
      const expected = [...row(from, to, 0), ...row(from, to, 1)];
      [a, b, c, d, e, f].forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 5);
      });
    }),
  );
});

const line = Float64Array.of(0, 0, 10, 10, 30, 30);
test.each<[string, Float64Array, Float64Array]>([
  ['points in one line', line, triangle],
  ['targets in one line', triangle, line],
  ['targets in one line but for rounding', triangle, Float64Array.of(0, 0, 100, 100.00001, 300, 300)],
  ['a repeated point', Float64Array.of(1, 1, 1, 1, 5, 3), triangle],
  ['a repeated target', triangle, Float64Array.of(1, 1, 1, 1, 5, 3)],
  ['points in one place', new Float64Array(6), triangle],
  ['two points', triangle.subarray(2), triangle.subarray(2)],
  ['unequal counts', triangle, triangle.subarray(2)],
  ['NaN among the points', Float64Array.of(36, 20, 75, Number.NaN, 50, 60), triangle],
  ['NaN among the targets', triangle, Float64Array.of(36, 20, 75, Number.NaN, 50, 60)],
])('%s are refused', (_, from, to) => {
  expect(() => fitAffine(from, to)).toThrow(degenerate);
});
