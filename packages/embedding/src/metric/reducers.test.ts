import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { centralDifferences, relativeError } from '../../../../test/support/metric-batches.ts';
import { type LossTerms, mean, meanOfNonZero, reduce, sum, weightedSum } from './index.ts';

test('reduce as they are named', () => {
  const values = Float64Array.of(0, 3, 0, 1);
  expect(sum(values).value).toBe(4);
  expect(mean(values).value).toBe(1);
  expect(meanOfNonZero(values).value).toBe(2);
});

describe.each([sum, mean, meanOfNonZero])('%o', (reducer) => {
  test('says what each term that is not 0 counts for', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 0.25, 0.5, 1, 3), { minLength: 1, maxLength: 9 }), (list) => {
        const values = Float64Array.from(list);
        const expected = centralDifferences(values, (moved) => reducer(moved).value);
        const active = (gradient: Float64Array) => gradient.filter((_, k) => values[k] !== 0);
        expect(relativeError(active(reducer(values).upstream), active(expected))).toBeLessThan(1e-8);
      }),
    );
  });

  test('of no terms, and of terms that are all 0, is 0', () => {
    expect(reducer(new Float64Array())).toEqual({ value: 0, upstream: new Float64Array() });
    expect(reducer(new Float64Array(3)).value).toBe(0);
  });

  test('hides no NaN', () => {
    expect(reducer(Float64Array.of(0, Number.NaN)).value).toBeNaN();
  });
});

test('a weighted sum adds values, and gradients by name', () => {
  const terms = (value: number, slope: number): LossTerms<'weights'> => ({
    values: Float64Array.of(value),
    backward: ([upstream]) => ({
      embeddings: Float64Array.of(slope * upstream!),
      weights: Float64Array.of(1, slope).map((part) => part * upstream!),
    }),
  });
  const total = weightedSum([
    { loss: reduce(terms(5, 2)), weight: 1 },
    { loss: reduce(terms(7, -1)), weight: 0.5 },
  ]);
  expect(total.value).toBe(8.5);
  expect(total.gradients).toEqual({ embeddings: Float64Array.of(1.5), weights: Float64Array.of(1.5, 1.5) });
});
