import { createRandom, gaussian } from '@kith/core';
import { describe, expect, test } from 'vitest';
import { fitLinearSvm, type LinearSvm } from './linear-svm.ts';

/** Two clouds whose middles are `apart` from each other. */
function clouds({ count, dimension, apart }: { count: number; dimension: number; apart: number }) {
  const random = createRandom(count + dimension);
  const labels = Int8Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 1 : -1));
  const rows = Float64Array.from(
    { length: count * dimension },
    (_, at) => gaussian(random) + (labels[Math.floor(at / dimension)]! * apart) / 2,
  );
  return { rows, labels };
}

type Clouds = ReturnType<typeof clouds>;

function marginOf({ weights, bias }: Pick<LinearSvm, 'weights' | 'bias'>, { rows, labels }: Clouds, i: number) {
  const row = rows.subarray(i * weights.length, (i + 1) * weights.length);
  return labels[i]! * row.reduce((sum, value, k) => sum + value * weights[k]!, bias);
}

function objective(svm: Pick<LinearSvm, 'weights' | 'bias'>, data: Clouds, cost: number): number {
  let sum = (svm.bias ** 2 + svm.weights.reduce((total, weight) => total + weight ** 2, 0)) / 2;
  for (let i = 0; i < data.labels.length; i++) sum += cost * Math.max(0, 1 - marginOf(svm, data, i));
  return sum;
}

/** The best that many small steps down the slope come to. */
function bySubgradient(data: Clouds, cost: number): number {
  const dimension = data.rows.length / data.labels.length;
  const weights = new Float64Array(dimension);
  let [bias, best] = [0, Number.POSITIVE_INFINITY];
  for (let step = 1; step <= 20_000; step++) {
    const slope = Float64Array.from(weights);
    let ofBias = bias;
    for (let i = 0; i < data.labels.length; i++) {
      if (marginOf({ weights, bias }, data, i) >= 1) continue;
      for (let k = 0; k < dimension; k++) slope[k]! -= cost * data.labels[i]! * data.rows[i * dimension + k]!;
      ofBias -= cost * data.labels[i]!;
    }
    for (let k = 0; k < dimension; k++) weights[k]! -= slope[k]! / (step + 50);
    bias -= ofBias / (step + 50);
    best = Math.min(best, objective({ weights, bias }, data, cost));
  }
  return best;
}

const problems = [
  { count: 12, dimension: 2, apart: 4, cost: 1 },
  { count: 30, dimension: 3, apart: 1, cost: 0.5 },
  { count: 24, dimension: 8, apart: 0.6, cost: 0.1 },
] as const;

describe.each(problems)('fitLinearSvm of $count rows of $dimension', ({ cost, ...size }) => {
  const data = clouds(size);
  const svm = fitLinearSvm(data.rows, data.labels, { cost, tolerance: 1e-8, passes: 100_000 });

  test('meets the conditions of Karush, Kuhn and Tucker', () => {
    const weights = new Float64Array(size.dimension);
    svm.multipliers.forEach((multiplier, i) => {
      expect(multiplier).toBeGreaterThanOrEqual(0);
      expect(multiplier).toBeLessThanOrEqual(cost);
      const margin = marginOf(svm, data, i);
      if (multiplier < cost) expect(margin).toBeGreaterThanOrEqual(1 - 1e-6);
      if (multiplier > 0) expect(margin).toBeLessThanOrEqual(1 + 1e-6);
      weights.forEach((_, k) => {
        weights[k]! += multiplier * data.labels[i]! * data.rows[i * size.dimension + k]!;
      });
    });
    weights.forEach((weight, k) => {
      expect(svm.weights[k]).toBeCloseTo(weight, 9);
    });
  });

  test('is as good as a plain way down the slope comes to, or better', () => {
    const plain = bySubgradient(data, cost);
    const ours = objective(svm, data, cost);
    expect(ours).toBeLessThanOrEqual(plain + 1e-9);
    expect(ours).toBeGreaterThan(plain * 0.98);
  });
});
