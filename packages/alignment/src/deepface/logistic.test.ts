import { createRandom, gaussian } from '@kith/core';
import { describe, expect, test } from 'vitest';
import { fitLogistic, logisticLoss } from './logistic.ts';

const dimension = 4;
const random = createRandom(3);
const labels = Int8Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 1 : -1));
const rows = Float64Array.from(
  { length: 40 * dimension },
  (_, at) => gaussian(random) + (at % dimension === 0 ? 3 * labels[Math.floor(at / dimension)]! : 0),
);
const data = { rows, labels };

describe('logisticLoss', () => {
  test('has the slope of its differences', () => {
    const at = Float64Array.from({ length: dimension + 1 }, () => gaussian(random));
    const { slope } = logisticLoss(at, data, { decay: 0.3 });
    const step = 1e-5;
    slope.forEach((value, k) => {
      const [ahead, behind] = [step, -step].map(
        (by) =>
          logisticLoss(
            at.map((old, j) => (j === k ? old + by : old)),
            data,
            { decay: 0.3 },
          ).loss,
      );
      expect((ahead! - behind!) / (2 * step)).toBeCloseTo(value, 7);
    });
  });

  test('stays finite far from the truth', () => {
    const far = new Float64Array(dimension + 1).fill(-1e6);
    expect(Number.isFinite(logisticLoss(far, data, { decay: 0 }).loss)).toBe(true);
  });
});

describe('fitLogistic', () => {
  test('ends where the loss is flat', () => {
    const { weights, bias } = fitLogistic(data, { decay: 0.01, tolerance: 1e-9, steps: 10_000 });
    const { slope } = logisticLoss(Float64Array.of(...weights, bias), data, { decay: 0.01 });
    expect(Math.hypot(...slope)).toBeLessThan(1e-8);
  });

  test('tells clouds apart that a plane can', () => {
    const { weights, bias } = fitLogistic(data);
    const right = labels.filter((label, i) => {
      const row = rows.subarray(i * dimension, (i + 1) * dimension);
      return label * row.reduce((sum, value, k) => sum + value * weights[k]!, bias) > 0;
    });
    expect(right.length).toBe(labels.length);
  });
});
