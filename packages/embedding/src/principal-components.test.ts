import { createRandom, gaussian } from '@kith/core';
import { decodeSafetensors, encodeSafetensors } from '@kith/network/weights';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomRows } from '../../../test/support/metric-batches.ts';
import { asRows, type Rows } from './metric/rows.ts';
import {
  fitPrincipalComponents,
  type PrincipalComponents,
  principalComponentsWeights,
  projectToComponents,
  readPrincipalComponents,
} from './principal-components.ts';

/** Rows that vary differently along each axis, off the origin, then turned. */
function cloud(count: number, dimension: number, seed = 1): Rows & { readonly values: Float64Array } {
  const random = createRandom(seed);
  const values = Float64Array.from(
    { length: count * dimension },
    (_, k) => gaussian(random) / (1 + (k % dimension)) + 2,
  );
  const mirror = randomRows(1, dimension, { seed: seed + 1 }).values;
  for (let row = 0; row < values.length; row += dimension) {
    let along = 0;
    for (let k = 0; k < dimension; k++) along += 2 * mirror[k]! * values[row + k]!;
    for (let k = 0; k < dimension; k++) values[row + k]! -= along * mirror[k]!;
  }
  return { values, count, dimension };
}

const rowsOf = ({ values, count, dimension }: Rows) =>
  Array.from({ length: count }, (_, row) => values.subarray(row * dimension, (row + 1) * dimension));

/** Every row's projection. */
const projected = (rows: Rows, principal: PrincipalComponents) =>
  rowsOf(rows).map((row) => projectToComponents(row, principal));

const squares = (one: ArrayLike<number>, other: ArrayLike<number>) =>
  Array.from(one).reduce((sum, value, k) => sum + (value - other[k]!) ** 2, 0);

/** Mean product of two columns. */
const moment = (rows: readonly Float64Array[], i: number, j: number) =>
  rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0) / rows.length;

const totalVariance = (rows: Rows, { mean }: PrincipalComponents) =>
  rowsOf(rows).reduce((sum, row) => sum + squares(row, mean), 0) / rows.count;

/** Where a projection lies among the vectors it came from. */
const rebuilt = (parts: Float64Array, { mean, components }: PrincipalComponents) =>
  mean.map((value, k) => parts.reduce((sum, part, c) => sum + part * components[c * mean.length + k]!, value));

const clouds = fc
  .record({
    count: fc.integer({ min: 3, max: 30 }),
    dimension: fc.integer({ min: 2, max: 12 }),
    seed: fc.integer({ min: 0, max: 1e6 }),
  })
  .map(({ count, dimension, seed }) => cloud(count, dimension, seed));

const rankOf = ({ count, dimension }: Rows) => Math.min(count - 1, dimension);

/** Components are the same but for signs. */
function expectSame(one: PrincipalComponents, other: PrincipalComponents): void {
  const from = one.mean.length;
  one.variances.forEach((variance, c) => {
    expect(other.variances[c]).toBeCloseTo(variance, 5);
    let along = 0;
    for (let k = 0; k < from; k++) along += one.components[c * from + k]! * other.components[c * from + k]!;
    expect(Math.abs(along)).toBeCloseTo(1, 4);
  });
}

describe('a fit', () => {
  test('makes parts of mean 0 that do not vary together, that of most variance first', () => {
    fc.assert(
      fc.property(clouds, (rows) => {
        const principal = fitPrincipalComponents(rows, { dimension: rankOf(rows) });
        const parts = projected(rows, principal);
        principal.variances.forEach((variance, i) => {
          if (i > 0) expect(variance).toBeLessThanOrEqual(principal.variances[i - 1]!);
          expect(parts.reduce((sum, part) => sum + part[i]!, 0) / rows.count).toBeCloseTo(0, 5);
          for (let j = 0; j <= i; j++) expect(moment(parts, i, j)).toBeCloseTo(i === j ? variance : 0, 5);
        });
      }),
    );
  });

  test('keeps all distances where it keeps all components, and else loses the variance it drops', () => {
    fc.assert(
      fc.property(clouds, fc.integer({ min: 1, max: 12 }), (rows, wanted) => {
        const all = fitPrincipalComponents(rows, { dimension: rankOf(rows) });
        const [one, other] = rowsOf(rows);
        const [a, b] = projected(rows, all);
        expect(squares(a!, b!)).toBeCloseTo(squares(one!, other!), 4);
        const principal = fitPrincipalComponents(rows, { dimension: Math.min(wanted, rankOf(rows)) });
        const lost = projected(rows, principal).reduce(
          (sum, parts, row) => sum + squares(rebuilt(parts, principal), rowsOf(rows)[row]!) / rows.count,
          0,
        );
        const kept = principal.variances.reduce((sum, variance) => sum + variance, 0);
        expect(lost).toBeCloseTo(totalVariance(rows, principal) - kept, 4);
      }),
    );
  });

  test('keeps more variance than any other direction', () => {
    fc.assert(
      fc.property(clouds, fc.integer({ min: 0, max: 1e6 }), (rows, seed) => {
        const principal = fitPrincipalComponents(rows, { dimension: 1 });
        const direction = randomRows(1, rows.dimension, { seed }).values;
        const other = { ...principal, components: Float32Array.from(direction) };
        expect(moment(projected(rows, other), 0, 0)).toBeLessThan(principal.variances[0]! + 1e-5);
      }),
    );
  });

  test('is the same of rows in another order, moved, mirrored in space, or each there twice', () => {
    const rows = cloud(40, 6);
    const principal = fitPrincipalComponents(rows, { dimension: 4 });
    const reordered = asRows(
      Float64Array.from(
        rowsOf(rows)
          .toReversed()
          .flatMap((row) => [...row]),
      ),
      6,
    );
    const twice = asRows(Float64Array.of(...rows.values, ...rows.values), 6);
    const moved = { ...rows, values: rows.values.map((value) => value + 3) };
    for (const other of [reordered, twice, moved]) {
      expectSame(principal, fitPrincipalComponents(other, { dimension: 4 }));
    }
    const mirrored = { ...rows, values: rows.values.map((value, k) => (k % 6 === 2 ? -value : value)) };
    const there = fitPrincipalComponents(mirrored, { dimension: 4 });
    for (const [row, parts] of projected(rows, principal).entries()) {
      const same = projectToComponents(rowsOf(mirrored)[row]!, there);
      parts.forEach((part, c) => {
        expect(Math.abs(same[c]!)).toBeCloseTo(Math.abs(part), 4);
      });
    }
  });

  test('is the same by the products of few rows as by those of columns', () => {
    const few = cloud(7, 20);
    const twice = asRows(Float64Array.of(...few.values, ...few.values, ...few.values), 20);
    const narrow = fitPrincipalComponents(few, { dimension: 6 });
    expectSame(narrow, fitPrincipalComponents(twice, { dimension: 6 }));
  });

  test('whitens: parts have variance 1 and still do not vary together', () => {
    const rows = cloud(60, 8);
    const parts = projected(rows, fitPrincipalComponents(rows, { dimension: 5, whiten: true }));
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j <= i; j++) expect(moment(parts, i, j)).toBeCloseTo(i === j ? 1 : 0, 4);
    }
  });

  test('refuses more components than rows span, no whole number of them, and rows that are not finite', () => {
    const rows = cloud(5, 8);
    const usage = expect.objectContaining({ code: 'USAGE' });
    for (const dimension of [5, 0, -1, 1.5, Number.NaN]) {
      expect(() => fitPrincipalComponents(rows, { dimension })).toThrow(usage);
    }
    const equal = asRows(new Float32Array(12).fill(0.3), 3);
    expect(() => fitPrincipalComponents(equal, { dimension: 1 })).toThrow(/4 rows of 3 span 0 components/);
    expect(() => fitPrincipalComponents(asRows(new Float32Array(), 3), { dimension: 1 })).toThrow(usage);
    const broken = { ...rows, values: rows.values.with(9, Number.NaN) };
    expect(() => fitPrincipalComponents(broken, { dimension: 1 })).toThrow(
      expect.objectContaining({ code: 'EMBEDDING_ZERO' }),
    );
  });
});

test('a vector of another dimension is refused', () => {
  const principal = fitPrincipalComponents(cloud(10, 4), { dimension: 2 });
  expect(() => projectToComponents(new Float32Array(5), principal)).toThrow(expect.objectContaining({ code: 'USAGE' }));
});

describe('kept as weights', () => {
  const principal = fitPrincipalComponents(cloud(30, 6), { dimension: 3, whiten: true });

  test('components come back from a file bit for bit', () => {
    const bytes = encodeSafetensors({ weights: principalComponentsWeights(principal), metadata: {} });
    expect(readPrincipalComponents(decodeSafetensors(bytes, { name: 'pca' }).weights)).toEqual(principal);
  });

  test('a tensor that is missing, too many, of another shape or not finite is refused', () => {
    const changed = (change: (weights: Map<string, { shape: readonly number[]; data: Float32Array }>) => void) => {
      const weights = new Map(principalComponentsWeights(principal));
      change(weights);
      return () => readPrincipalComponents(weights);
    };
    const mismatch = expect.objectContaining({ code: 'WEIGHTS_MISMATCH' });
    for (const name of ['mean', 'components', 'variances', 'scales']) {
      expect(changed((weights) => weights.delete(name))).toThrow(mismatch);
    }
    expect(changed((weights) => weights.set('bias', weights.get('mean')!))).toThrow(mismatch);
    expect(changed((weights) => weights.set('variances', weights.get('mean')!))).toThrow(mismatch);
    const data = principal.mean.with(1, Number.POSITIVE_INFINITY);
    expect(changed((weights) => weights.set('mean', { shape: [6], data }))).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_NOT_FINITE' }),
    );
  });
});
