import { describe, expect, test } from 'vitest';
import { randomRows, relativeError } from '../../../../../test/support/metric-batches.ts';
import {
  arcFaceLoss,
  centreLoss,
  cosFaceLeastScale,
  cosFaceLoss,
  type LossTerms,
  type Rows,
  softmaxLoss,
  sphereFaceLambda,
  sphereFaceLoss,
} from '../index.ts';

const labels = Int32Array.of(0, 1, 2, 3, 0, 1, 2, 3);
const [count, dimension, classes] = [8, 4, 4];
const rows = randomRows(count, dimension);
const weights = randomRows(classes, dimension, { seed: 2, unit: false });

/** The own class's logit at each angle to it, read from the loss. The one other class stands across: its logit is sin θ. */
function ownLogits(
  angles: Float64Array,
  loss: (circle: Rows, people: Int32Array, two: Rows) => LossTerms<'weights'>,
): Float64Array {
  const values = Float64Array.from([...angles].flatMap((angle) => [Math.cos(angle), Math.sin(angle)]));
  const circle = { values, count: angles.length, dimension: 2 };
  const two = { values: Float64Array.of(1, 0, 0, 1), count: 2, dimension: 2 };
  const terms = loss(circle, new Int32Array(angles.length), two);
  return terms.values.map((value, i) => Math.sin(angles[i]!) - Math.log(Math.expm1(value)));
}

describe('heads with a margin', () => {
  const angleOf = (i: number) => {
    const [x, w] = [
      rows.values.subarray(i * 4, i * 4 + 4),
      weights.values.subarray(labels[i]! * 4, labels[i]! * 4 + 4),
    ];
    const dot = x.reduce((sum, value, k) => sum + value * w[k]!, 0);
    return Math.acos(dot / Math.hypot(...w));
  };
  /** The own logit over the scale, out of the loss: −ln p = ln(rest + e^own) − own. */
  const ownOf = (loss: LossTerms<'weights'>, plain: LossTerms<'weights'>, i: number, scale: number) => {
    const rest = Math.expm1(plain.values[i]!) * Math.exp(scale * Math.cos(angleOf(i)));
    return Math.log(rest / Math.expm1(loss.values[i]!)) / scale;
  };
  const plain = cosFaceLoss(rows, labels, { weights, scale: 4, marginCosine: 0 });

  test('put what their papers say in the place of cos θ', () => {
    for (let i = 0; i < count; i++) {
      const angle = angleOf(i);
      const cos = cosFaceLoss(rows, labels, { weights, scale: 4 });
      expect(ownOf(cos, plain, i, 4)).toBeCloseTo(Math.cos(angle) - 0.35, 9);
      const arc = arcFaceLoss(rows, labels, { weights, scale: 4 });
      const expected = angle + 0.5 < Math.PI ? Math.cos(angle + 0.5) : Math.cos(angle) - 0.5 * Math.sin(0.5);
      expect(ownOf(arc, plain, i, 4)).toBeCloseTo(expected, 9);
    }
  });

  test('without a margin they are one', () => {
    const arc = arcFaceLoss(rows, labels, { weights, scale: 4, marginRadians: 0 });
    expect(relativeError(arc.values, plain.values)).toBeLessThan(1e-12);
    const unit = cosFaceLoss(rows, labels, { weights, scale: 1, marginCosine: 0 });
    expect(relativeError(sphereFaceLoss(rows, labels, { weights, timesAngle: 1 }).values, unit.values)).toBeLessThan(
      1e-12,
    );
    expect(relativeError(sphereFaceLoss(rows, labels, { weights, lambda: 1e9 }).values, unit.values)).toBeLessThan(
      1e-7,
    );
  });

  test('ArcFace is cos(θ + 0.5), and falls on beyond θ = π − 0.5', () => {
    const angles = Float64Array.from({ length: 101 }, (_, i) => (Math.PI * i) / 100);
    const own = ownLogits(angles, (circle, people, two) => arcFaceLoss(circle, people, { weights: two, scale: 1 }));
    for (const [i, angle] of angles.entries()) {
      const expected = angle + 0.5 < Math.PI ? Math.cos(angle + 0.5) : Math.cos(angle) - 0.5 * Math.sin(0.5);
      expect(own[i]).toBeCloseTo(expected, 5);
      if (i > 0) expect(own[i]).toBeLessThan(own[i - 1]!);
    }
  });

  test.each([2, 3, 4])('ψ of SphereFace falls from 1 to 1 − 2m without a break, m = %i', (timesAngle) => {
    const steps = 2_000;
    const angles = Float64Array.from({ length: steps + 1 }, (_, i) => (Math.PI * i) / steps);
    const psi = ownLogits(angles, (circle, people, two) =>
      sphereFaceLoss(circle, people, { weights: two, timesAngle, lambda: 0 }),
    );
    expect(psi[0]).toBeCloseTo(1, 9);
    expect(psi[steps]).toBeCloseTo(1 - 2 * timesAngle, 9);
    for (let i = 1; i <= steps; i++) {
      expect(psi[i]).toBeLessThan(psi[i - 1]! + 1e-12);
      expect(psi[i - 1]! - psi[i]!).toBeLessThan((1.01 * timesAngle * Math.PI) / steps);
    }
  });

  test('CosFace needs a scale of 13.8 for 10,000 classes at 0.99, and evenly spread classes reach it there', () => {
    expect(cosFaceLeastScale({ classes: 10_000, probability: 0.99 })).toBeCloseTo(13.8, 1);
    // a simplex: four axes less their mean
    const everyClass = Int32Array.of(0, 1, 2, 3);
    const values = Float64Array.from({ length: 16 }, (_, k) => (k % 5 === 0 ? 0.75 : -0.25));
    const simplex = { values, count: 4, dimension: 4 };
    const scale = cosFaceLeastScale({ classes: 4, probability: 0.9 });
    const { values: losses } = cosFaceLoss(simplex, everyClass, { weights: simplex, scale, marginCosine: 0 });
    for (const loss of losses) expect(Math.exp(-loss)).toBeCloseTo(0.9, 9);
  });

  test('λ of SphereFace falls from 1,000 to 5', () => {
    expect(sphereFaceLambda(0)).toBe(1000);
    expect(sphereFaceLambda(100)).toBeCloseTo(1000 / 13, 9);
    expect(sphereFaceLambda(1e6)).toBe(5);
  });

  test('a label that is no class is refused', () => {
    const wrong = Int32Array.of(0, 1, 2, 4, 0, 1, 2, 3);
    const usage = expect.objectContaining({ code: 'USAGE' });
    expect(() => softmaxLoss(rows, wrong, { weights, bias: new Float64Array(classes) })).toThrow(usage);
    expect(() => arcFaceLoss(rows, wrong, { weights })).toThrow(usage);
    expect(() => centreLoss(rows, wrong, { centres: weights })).toThrow(usage);
    expect(() => cosFaceLoss(rows, labels, { weights: randomRows(classes, 5) })).toThrow(usage);
    expect(() => sphereFaceLoss(rows, labels, { weights, timesAngle: 2.5 })).toThrow(usage);
  });
});
