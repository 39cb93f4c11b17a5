import { createRandom, shuffled } from '@kith/core';
import { describe, expect, test } from 'vitest';
import { randomRows, relativeError } from '../../../../../test/support/metric-batches.ts';
import {
  allTriplets,
  arcFaceLoss,
  centreLoss,
  contrastiveLoss,
  cosFaceLoss,
  cosine,
  deepid2VerificationLoss,
  distillationLoss,
  firstPairs,
  type LossTerms,
  mean,
  moveCentres,
  nPairLoss,
  type Rows,
  reduce,
  relationDistillationLoss,
  softMarginTripletLoss,
  softmaxLoss,
  sphereFaceLoss,
  squaredL2,
  tripletLoss,
  verificationMargin,
} from '../index.ts';

const labels = Int32Array.of(0, 1, 2, 3, 0, 1, 2, 3);
const [count, dimension, classes] = [8, 4, 4];
const rows = randomRows(count, dimension);
const weights = randomRows(classes, dimension, { seed: 2, unit: false });
const bias = Float64Array.of(0.1, -0.2, 0.3, 0);

/** Each person on an axis of its own, as long as asked. */
const axes = (length: number, of = labels): Rows => ({
  values: Float64Array.from({ length: of.length * 4 }, (_, k) => (k % 4 === of[Math.floor(k / 4)] ? length : 0)),
  count: of.length,
  dimension: 4,
});
const everyClass = Int32Array.of(0, 1, 2, 3);
const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, value), 0);

describe('a perfect embedding', () => {
  test('has no triplet, pair, centre or distillation loss left', () => {
    const distances = squaredL2.pairwise(axes(1));
    expect(largest(tripletLoss(distances, allTriplets(distances, labels)).values)).toBe(0);
    expect(largest(contrastiveLoss(distances, labels).values)).toBe(0);
    expect(largest(deepid2VerificationLoss(distances, labels, { marginL2: 1.4 }).values)).toBe(0);
    expect(largest(centreLoss(axes(1), labels, { centres: axes(1, everyClass) }).values)).toBe(0);
    expect(largest(distillationLoss(axes(3), axes(1)).values)).toBe(0);
  });

  test('has N-pair, softmax and margin losses that vanish as it grows', () => {
    const axisWeights = axes(1, everyClass);
    const at = (length: number): LossTerms<never>[] => [
      nPairLoss(axes(length), firstPairs(labels)),
      softmaxLoss(axes(length), labels, { weights: axisWeights, bias: new Float64Array(4) }),
      sphereFaceLoss(axes(length), labels, { weights: axisWeights }),
      cosFaceLoss(axes(1), labels, { weights: axisWeights, scale: length }),
      arcFaceLoss(axes(1), labels, { weights: axisWeights, scale: length }),
    ];
    for (const { values } of at(60)) expect(largest(values)).toBeLessThan(1e-9);
    for (const { values } of at(1)) expect(Math.min(...values)).toBeGreaterThan(0.1);
  });
});

describe('values by hand', () => {
  const line = squaredL2.pairwise({ values: Float64Array.of(0, 0.5, 0.6), count: 3, dimension: 1 });
  const people = Int32Array.of(0, 0, 1);

  test('triplet: 0.25 − 0.36 + 0.2 and 0.25 − 0.01 + 0.2', () => {
    const { values } = tripletLoss(line, allTriplets(line, people));
    expect(values[0]).toBeCloseTo(0.09, 12);
    expect(values[1]).toBeCloseTo(0.44, 12);
  });

  test('soft margin: ln(1 + exp(0.25 − 0.36)); without overflow at any distance', () => {
    expect(softMarginTripletLoss(line, allTriplets(line, people)).values[0]).toBeCloseTo(
      Math.log(1 + Math.exp(-0.11)),
      12,
    );
    const far = squaredL2.pairwise({ values: Float64Array.of(0, 100, 0), count: 3, dimension: 1 });
    const { values, backward } = softMarginTripletLoss(far, allTriplets(far, people));
    expect([...values]).toEqual([10_000, Math.LN2]);
    expect(backward(Float64Array.of(1, 1)).embeddings.every(Number.isFinite)).toBe(true);
  });

  test('pairs: ½ d² of one person, ½ (m − d)² of two, in the order (0, 1), (0, 2), (1, 2)', () => {
    const { values } = contrastiveLoss(line, people);
    [0.125, 0.08, 0.405].forEach((value, pair) => {
      expect(values[pair]).toBeCloseTo(value, 9);
    });
  });

  test('the cosine of unit rows gives the losses of squared L2, halved where the margin is', () => {
    const [squares, cosines] = [squaredL2.pairwise(rows), cosine.pairwise(rows)];
    const triplets = allTriplets(squares, labels);
    const halved = tripletLoss(squares, triplets).values.map((value) => value / 2);
    expect(relativeError(tripletLoss(cosines, triplets).values, halved)).toBeLessThan(1e-12);
    expect(
      relativeError(contrastiveLoss(cosines, labels).values, contrastiveLoss(squares, labels).values),
    ).toBeLessThan(1e-12);
  });

  test('two N-pairs are a logistic loss', () => {
    const four = { ...rows, values: rows.values.subarray(0, 16), count: 4 };
    const dot = (i: number, j: number) =>
      four.values.subarray(i * 4, i * 4 + 4).reduce((sum, value, k) => sum + value * four.values[j * 4 + k]!, 0);
    const { values } = nPairLoss(four, { anchor: Int32Array.of(0, 1), positive: Int32Array.of(2, 3) });
    expect(values[0]).toBeCloseTo(Math.log(1 + Math.exp(dot(0, 3) - dot(0, 2))), 12);
    expect(values[1]).toBeCloseTo(Math.log(1 + Math.exp(dot(1, 2) - dot(1, 3))), 12);
  });
});

test('another order of the batch moves the gradient’s rows along and leaves the value', () => {
  const order = shuffled([...labels.keys()], createRandom(3));
  const reorder = (values: Float64Array) =>
    Float64Array.from(order.flatMap((i) => [...values.subarray(i * dimension, (i + 1) * dimension)]));
  const mixedRows = { ...rows, values: reorder(rows.values) };
  const mixedLabels = Int32Array.from(order, (i) => labels[i]!);
  const teachers = randomRows(count, dimension, { seed: 8 });
  const losses: ((rows: Rows, labels: Int32Array, teachers: Rows) => LossTerms<never>)[] = [
    (r, l) => tripletLoss(squaredL2.pairwise(r), allTriplets(squaredL2.pairwise(r), l)),
    (r, l) => softMarginTripletLoss(cosine.pairwise(r), allTriplets(cosine.pairwise(r), l)),
    (r, l) => contrastiveLoss(squaredL2.pairwise(r), l),
    (r, l) => centreLoss(r, l, { centres: weights }),
    (r, l) => softmaxLoss(r, l, { weights, bias }),
    (r, l) => sphereFaceLoss(r, l, { weights }),
    (r, l) => arcFaceLoss(r, l, { weights }),
    (r, _, t) => distillationLoss(r, t),
  ];
  for (const loss of losses) {
    const straight = reduce(loss(rows, labels, teachers), mean);
    const mixed = reduce(loss(mixedRows, mixedLabels, { ...teachers, values: reorder(teachers.values) }), mean);
    expect(mixed.value).toBeCloseTo(straight.value, 9);
    expect(relativeError(mixed.gradients.embeddings, reorder(straight.gradients.embeddings))).toBeLessThan(1e-12);
  }
});

test('N-pairs are the first two of each person that has two; their order does not matter', () => {
  const { anchor, positive } = firstPairs(Int32Array.of(5, 2, 7, 2, 5, 5, 9));
  expect([...anchor]).toEqual([0, 1]);
  expect([...positive]).toEqual([4, 3]);
  const pairs = firstPairs(labels);
  const reversed = { anchor: pairs.anchor.toReversed(), positive: pairs.positive.toReversed() };
  expect(reduce(nPairLoss(rows, reversed)).value).toBeCloseTo(reduce(nPairLoss(rows, pairs)).value, 12);
});

test('centres move by the paper’s rule, and those of absent classes stay', () => {
  const two = { values: Float64Array.of(1, 3), count: 2, dimension: 1 };
  const centres = { values: Float64Array.of(0, 7), count: 2, dimension: 1 };
  // 0 − ½ (−1 − 3) / (1 + 2)
  const moved = moveCentres(two, Int32Array.of(0, 0), { centres });
  expect(moved[0]).toBeCloseTo(2 / 3, 12);
  expect(moved[1]).toBe(7);
  expect([...centres.values]).toEqual([0, 7]);
});

test('relations are learnt from a teacher of any dimension, and are blind to a turn of the whole', () => {
  const mirrored = { ...rows, values: rows.values.map((value, k) => (k % dimension === 0 ? -value : value)) };
  expect(largest(relationDistillationLoss(mirrored, rows).values)).toBeLessThan(1e-24);
  expect(largest(relationDistillationLoss(rows, randomRows(count, 12)).values)).toBeGreaterThan(0.01);
  expect(() => distillationLoss(rows, randomRows(count, 12))).toThrow(/expected 12, got 4/);
  expect(relationDistillationLoss(randomRows(1, 4), randomRows(1, 4)).values).toEqual(new Float64Array(1));
});

test('the verification margin decides fewest pairs wrongly', () => {
  const table = squaredL2.pairwise(rows);
  const errorsAt = (threshold: number) => {
    let errors = 0;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < i; j++) {
        if (Math.sqrt(table.values[i * count + j]!) <= threshold !== (labels[i] === labels[j])) errors++;
      }
    }
    return errors;
  };
  const least = Math.min(...Array.from({ length: 2_001 }, (_, i) => errorsAt(i / 1_000)));
  expect(errorsAt(verificationMargin(table, labels))).toBeLessThanOrEqual(least);
  expect(verificationMargin(squaredL2.pairwise(axes(1)), labels)).toBeCloseTo(Math.SQRT2 / 2, 12);
  // a genuine and an impostor pair at 1: no threshold lies between them
  const tied = squaredL2.pairwise({ values: Float64Array.of(0, 1, -1), count: 3, dimension: 1 });
  expect(verificationMargin(tied, Int32Array.of(0, 0, 1))).toBe(0.5);
});
