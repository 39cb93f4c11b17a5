import { describe, expect, test } from 'vitest';
import { randomRows } from '../../../../../test/support/metric-batches.ts';
import {
  arcFaceLoss,
  asRows,
  centreLoss,
  cosFaceLoss,
  type LossTerms,
  moveCentres,
  type Rows,
  reduce,
  softmaxLoss,
  sphereFaceLoss,
} from '../../metric/index.ts';
import { arcFaceHead, cosFaceHead, sphereFaceHead } from './angular-heads.ts';
import { centreHead, movedCentres } from './centre-head.ts';
import { type ClassHead, softmaxHead } from './class-heads.ts';
import type { Scalar } from './row-tensors.ts';
import {
  type Differentiated,
  differentiate,
  expectSame,
  tensorOf,
  tf,
  vectorOf,
} from './tensor-losses.test-support.ts';

const [count, dimension, classes] = [12, 6, 5];
const labels = Int32Array.from({ length: count }, (_, row) => row % classes);

interface Head {
  readonly plain: (embeddings: Rows, labels: Int32Array, weights: Rows) => LossTerms<'weights'>;
  readonly onTensors: (head: ClassHead) => Scalar;
}

const heads: Readonly<Record<string, Head>> = {
  CosFace: {
    plain: (x, y, weights) => cosFaceLoss(x, y, { weights, scale: 20 }),
    onTensors: (head) => cosFaceHead(tf, { ...head, scale: 20 }),
  },
  ArcFace: {
    plain: (x, y, weights) => arcFaceLoss(x, y, { weights }),
    onTensors: (head) => arcFaceHead(tf, head),
  },
  'ArcFace of a great margin': {
    plain: (x, y, weights) => arcFaceLoss(x, y, { weights, scale: 8, marginRadians: 1.5 }),
    onTensors: (head) => arcFaceHead(tf, { ...head, scale: 8, marginRadians: 1.5 }),
  },
  SphereFace: {
    plain: (x, y, weights) => sphereFaceLoss(x, y, { weights }),
    onTensors: (head) => sphereFaceHead(tf, head),
  },
  'SphereFace without the plain cosine, three times the angle': {
    plain: (x, y, weights) => sphereFaceLoss(x, y, { weights, timesAngle: 3, lambda: 0 }),
    onTensors: (head) => sphereFaceHead(tf, { ...head, timesAngle: 3, lambda: 0 }),
  },
};

function plainly({ plain }: Head, embeddings: Rows, weights: Rows): Differentiated {
  const { value, gradients } = reduce(plain(embeddings, labels.subarray(0, embeddings.count), weights));
  return { value, gradients: [gradients.embeddings, gradients.weights] };
}

function onTensors(head: Head, rows: Rows, classRows: Rows): Differentiated {
  const ofRows = labels.subarray(0, rows.count);
  return differentiate(
    () => [tensorOf(rows), tensorOf(classRows)],
    (embeddings, weights) => head.onTensors({ embeddings, labels: ofRows, weights }),
  );
}

describe.each(Object.entries(heads))('%s', (_, head) => {
  test.each([true, false])('value and gradients are those of plain arrays; rows of length 1: %s', (unit) => {
    for (const seed of [1, 2, 3]) {
      const [rows, weights] = [
        randomRows(count, dimension, { seed, unit }),
        randomRows(classes, dimension, { seed: 7, unit }),
      ];
      expectSame(onTensors(head, rows, weights), plainly(head, rows, weights));
    }
  });

  test('rows on their class, opposite to it and without length: the plain value, a finite gradient', () => {
    const weights = asRows(Float64Array.of(1, 0, 0, 1, 3, 4), 2);
    const rows = asRows(Float64Array.of(2, 0, 0, -3, 0, 0), 2);
    const got = onTensors(head, rows, weights);
    expect(got.value).toBeCloseTo(plainly(head, rows, weights).value, 2);
    for (const gradient of got.gradients) expect(gradient.every(Number.isFinite)).toBe(true);
  });
});

test('softmax with a bias and without', () => {
  for (const unit of [true, false]) {
    const [rows, weights] = [randomRows(count, dimension, { unit }), randomRows(classes, dimension, { seed: 7, unit })];
    const bias = randomRows(1, classes, { seed: 5 }).values;
    const { value, gradients } = reduce(softmaxLoss(rows, labels, { weights, bias }));
    const got = differentiate(
      () => [tensorOf(rows), tensorOf(weights), vectorOf(bias)],
      (embeddings, learnt, offsets) => softmaxHead(tf, { embeddings, labels, weights: learnt, bias: offsets }),
    );
    expectSame(got, { value, gradients: [gradients.embeddings, gradients.weights, gradients.bias] });
    const none = reduce(softmaxLoss(rows, labels, { weights, bias: new Float64Array(classes) }));
    const without = differentiate(
      () => [tensorOf(rows), tensorOf(weights)],
      (embeddings, learnt) => softmaxHead(tf, { embeddings, labels, weights: learnt }),
    );
    expectSame(without, { value: none.value, gradients: [none.gradients.embeddings, none.gradients.weights] });
  }
});

test('logits of thousands overflow nothing', () => {
  const rows = asRows(Float64Array.of(5000, 0, 0, 5000), 2);
  const weights = asRows(Float64Array.of(1, 0, 0, -1), 2);
  const got = differentiate(
    () => [tensorOf(rows), tensorOf(weights)],
    (embeddings, learnt) => softmaxHead(tf, { embeddings, labels: Int32Array.of(0, 1), weights: learnt }),
  );
  expect(got.value).toBe(2500);
  for (const gradient of got.gradients) expect(gradient.every(Number.isFinite)).toBe(true);
});

test('centres pull as on plain arrays, and move by the paper’s rule; those of absent classes stay', () => {
  const [rows, centres] = [
    randomRows(count, dimension, { unit: false }),
    randomRows(classes + 1, dimension, { seed: 7 }),
  ];
  const { value, gradients } = reduce(centreLoss(rows, labels, { centres }));
  const got = differentiate(
    () => [tensorOf(rows), tensorOf(centres)],
    (embeddings, learnt) => centreHead(tf, { embeddings, labels, centres: learnt }),
  );
  expectSame(got, { value, gradients: [gradients.embeddings, gradients.centres] });
  const before = tf.memory().numTensors;
  const moved = tf.tidy(() => {
    const given = { embeddings: tensorOf(rows), labels, centres: tensorOf(centres), rate: 0.3 };
    return movedCentres(tf, given);
  });
  const parts = Float64Array.from(moved.dataSync());
  moved.dispose();
  expect(tf.memory().numTensors).toBe(before);
  expectSame(
    { value: 0, gradients: [parts] },
    { value: 0, gradients: [moveCentres(rows, labels, { centres, rate: 0.3 })] },
  );
});

test('labels, biases and angles that do not fit are refused, and leave no tensor', () => {
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const [embeddings, weights] = [tensorOf(randomRows(2, 3)), tensorOf(randomRows(4, 3))];
    const good = { embeddings, labels: Int32Array.of(0, 3), weights };
    const wrong = { ...good, labels: Int32Array.of(0, 4) };
    for (const { onTensors } of Object.values(heads))
      expect(() => onTensors(wrong)).toThrow(/class in \[0, 4\), got 4/);
    expect(() => softmaxHead(tf, { ...good, labels: Int32Array.of(1) })).toThrow(/label a row, 2, got 1/);
    expect(() => softmaxHead(tf, { ...good, bias: vectorOf(new Float64Array(3)) })).toThrow(/bias a class, 4, got 3/);
    expect(() => sphereFaceHead(tf, { ...good, timesAngle: 1.5 })).toThrow(/whole number of times, got 1.5/);
  });
  expect(tf.memory().numTensors).toBe(before);
});
