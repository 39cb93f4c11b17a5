import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepfaceFeatures, leastMaximum, maximaName, takeMaxima, trainingMaxima, withMaxima } from './features.ts';

const activation = fc.float({ min: 0, max: 8, noNaN: true });

describe('trainingMaxima', () => {
  test('is the largest of each number', () => {
    expect([...trainingMaxima(Float32Array.of(1, 5, 0, 3, 2, 0), 3)]).toEqual([3, 5, 0]);
  });

  test.each([
    ['no face', [], 3, 'USAGE'],
    ['a part of a face', [1, 2], 3, 'USAGE'],
    ['NaN', [1, Number.NaN, 2], 3, 'EMBEDDING_ZERO'],
  ])('refuses %s', (_, values, dimension, code) => {
    expect(() => trainingMaxima(Float32Array.from(values), dimension)).toThrow(expect.objectContaining({ code }));
  });
});

describe('deepfaceFeatures', () => {
  test('divides by maxima, at least ε, and scales to length 1', () => {
    // 2/4, 0.05/0.05, 1/1: a maximum of 0 counts as ε
    const features = deepfaceFeatures(Float32Array.of(2, leastMaximum, 1), Float32Array.of(4, 0, 1));
    [1 / 3, 2 / 3, 2 / 3].forEach((value, k) => {
      expect(features[k]).toBeCloseTo(value, 6);
    });
  });

  test('does not change when a number and its maximum grow alike', () => {
    const two = fc.array(activation, { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(two, fc.integer({ min: 1, max: 9 }), (values, factor) => {
        const rows = Float32Array.from(values, (value, i) => (i % 3 === 0 ? value + 1 : value));
        const grown = rows.map((value, i) => (i % 3 === 0 ? value * factor : value));
        const expected = deepfaceFeatures(rows, trainingMaxima(rows, 3));
        deepfaceFeatures(grown, trainingMaxima(grown, 3)).forEach((value, i) => {
          expect(value).toBeCloseTo(expected[i]!, 5);
        });
      }),
    );
  });

  test('refuses a face of zeros', () => {
    const make = () => deepfaceFeatures(Float32Array.of(1, 2, 0, 0), Float32Array.of(1, 2));
    expect(make).toThrow(expect.objectContaining({ code: 'EMBEDDING_ZERO' }));
  });
});

describe('maxima in a model', () => {
  const weights = new Map([['F7/bias', { shape: [2], data: Float32Array.of(3, 4) }]]);

  test('go in and come out again', () => {
    const maxima = Float32Array.of(1, 2);
    const model = withMaxima(weights, maxima);
    expect([...model.keys()]).toEqual(['F7/bias', maximaName]);
    expect(takeMaxima(model)).toEqual({ weights, maxima });
  });

  test('are missed', () => {
    expect(() => takeMaxima(weights)).toThrow(expect.objectContaining({ code: 'WEIGHTS_MISMATCH' }));
  });
});
