import type { Weights } from '@kith/network';
import { expect, test } from 'vitest';
import { judgedWeights } from './judged-weights.ts';

const weights = (value: number): Weights => new Map([['conv/kernel', { shape: [1], data: Float32Array.of(value) }]]);

test('what was judged stands for the model, where it is another', () => {
  expect(judgedWeights({ model: weights(1), judged: weights(2) })).toEqual(weights(2));
  expect(judgedWeights({ model: weights(1), optimizer: weights(3) })).toEqual(weights(1));
});
