import type { Weights } from '@kith/network';
import { expect, test } from 'vitest';
import { judgedWeights } from './judged-weights.ts';

const tensor = (value: number) => ({ shape: [1], data: Float32Array.of(value) });
const weights = (entries: Readonly<Record<string, number>>): Weights =>
  new Map(Object.entries(entries).map(([name, value]) => [name, tensor(value)]));

test('averages stand for what is learnt, and the rest is the model’s own', () => {
  const model = weights({ 'conv/kernel': 1, 'conv/norm/mean': 2 });
  const optimizer = weights({ 'conv/kernel/average': 3, 'conv/kernel/momentum': 9, 'head:classes/average': 4 });
  expect(judgedWeights({ model, optimizer })).toEqual(weights({ 'conv/kernel': 3, 'conv/norm/mean': 2 }));
  expect(judgedWeights({ model, optimizer: weights({ 'conv/kernel/momentum': 9 }) })).toEqual(model);
});
