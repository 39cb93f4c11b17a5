import { expect } from 'vitest';
import { elementsOf, initialWeights, type Network, type Weights } from '../../index.ts';

/** Numbers that repeat by seed, in (−1, 1), none near another's tie or a kink at zero more often than chance has it. */
export function numbers(count: number, seed: number): Float32Array {
  let state = seed * 2654435761 + 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * 0.95 + 0.01;
  });
}

/** Weights without zeros and ones, at which much does nothing. */
export function randomWeights(table: Network, seed: number): Weights {
  return new Map(
    [...initialWeights(table)].map(([name, { shape }], i) => {
      const data = numbers(elementsOf(shape), seed + 17 * (i + 1));
      return [name, { shape, data: name.endsWith('/variance') ? data.map((value) => value * value + 0.1) : data }];
    }),
  );
}

/** Several inputs of a network, each its ids where it looks such up. */
export function randomInputs(table: Network, count: number, seed: number): Float32Array {
  const data = numbers(count * elementsOf(table.input), seed);
  const [lookup] = table.rows.flatMap((row) =>
    'operation' in row && row.operation.kind === 'embeddingLookup' ? [row.operation] : [],
  );
  return lookup ? data.map((value) => Math.floor(((value + 1) / 2) * lookup.count)) : data;
}

/** @param tolerance - As a share of the largest number. */
export function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-4): void {
  expect(got.length).toBe(expected.length);
  const largest = Array.from(expected, Math.abs).reduce((most, value) => Math.max(most, value), 1e-3);
  const misses = Array.from(expected, (value, i) => [i, got[i], value] as const).filter(
    ([, a, b]) => !(Math.abs(a! - b) <= tolerance * largest),
  );
  expect(misses).toEqual([]);
}
