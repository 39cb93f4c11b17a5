import { describe, expect, test } from 'vitest';
import { centralDifferences, randomRows } from '../../../../../test/support/metric-batches.ts';
import { asRows, distillationLoss, type Rows, reduce, relationDistillationLoss } from '../../metric/index.ts';
import { type Teacher, teachersLoss } from './teachers.ts';
import { differentiate, expectSame, tensorOf, tf } from './tensor-losses.test-support.ts';

const [count, dimension] = [7, 5];
const other = randomRows(count, 9, { seed: 3, unit: false });

describe.each([true, false])('rows of length 1: %s', (unit) => {
  const student = randomRows(count, dimension, { unit });
  const same = randomRows(count, dimension, { seed: 2, unit });

  test('one teacher of the student’s dimension teaches as on plain arrays', () => {
    const expected = reduce(distillationLoss(student, same, { relationWeight: 0.7 }));
    const got = differentiate(
      () => [tensorOf(student)],
      (embeddings) => teachersLoss(tf, { embeddings, teachers: [{ embeddings: tensorOf(same), relationWeight: 0.7 }] }),
    );
    expectSame(got, { value: expected.value, gradients: [expected.gradients.embeddings] });
  });

  test('several teachers add up by weight, one of another dimension by its relations alone', () => {
    const [one, two] = [reduce(distillationLoss(student, same)), reduce(relationDistillationLoss(student, other))];
    const got = differentiate(
      () => [tensorOf(student)],
      (embeddings) =>
        teachersLoss(tf, {
          embeddings,
          teachers: [
            { embeddings: tensorOf(same), weight: 0.25 },
            { embeddings: tensorOf(other), weight: 2, relationWeight: 3 },
          ],
        }),
    );
    const at = one.gradients.embeddings.map((part, k) => 0.25 * part + 6 * two.gradients.embeddings[k]!);
    expectSame(got, { value: 0.25 * one.value + 6 * two.value, gradients: [at] });
  });

  test('a projection is learnt with the embeddings: central differences of plain arrays', () => {
    const projection = randomRows(dimension, 9, { seed: 4, unit: false });
    const plain = (x: Float64Array, p: Float64Array) => {
      const relations = reduce(relationDistillationLoss(asRows(x, dimension), other)).value;
      return reduce(distillationLoss(multiply(x, p), other, { relationWeight: 0 })).value + 0.5 * relations;
    };
    const multiply = (x: Float64Array, p: Float64Array): Rows =>
      asRows(
        Float64Array.from({ length: count * 9 }, (_, k) => {
          const [row, column] = [Math.floor(k / 9), k % 9];
          let sum = 0;
          for (let j = 0; j < dimension; j++) sum += x[row * dimension + j]! * p[j * 9 + column]!;
          return sum;
        }),
        9,
      );
    const got = differentiate(
      () => [tensorOf(student), tensorOf(projection)],
      (embeddings, learnt) =>
        teachersLoss(tf, {
          embeddings,
          teachers: [{ embeddings: tensorOf(other), relationWeight: 0.5, projection: learnt }],
        }),
    );
    const [x, p] = [student.values, projection.values];
    const gradients = [centralDifferences(x, (at) => plain(at, p)), centralDifferences(p, (at) => plain(x, at))];
    expectSame(got, { value: plain(x, p), gradients });
  });
});

test('equal, opposite and empty rows give the plain value and a finite gradient', () => {
  const student = asRows(Float64Array.of(3, 0, -2, 0, 0, 0, 1, 1), 2);
  const teacher = asRows(Float64Array.of(1, 0, 1, 0, 1, 0, 0, 0), 2);
  const expected = reduce(distillationLoss(student, teacher));
  const got = differentiate(
    () => [tensorOf(student)],
    (embeddings) => teachersLoss(tf, { embeddings, teachers: [{ embeddings: tensorOf(teacher) }] }),
  );
  expectSame(got, { value: expected.value, gradients: [expected.gradients.embeddings] });
});

test('counts and dimensions that do not fit are refused', () => {
  tf.tidy(() => {
    const embeddings = tensorOf(randomRows(2, 3));
    const learn = (teacher: Teacher) => () => teachersLoss(tf, { embeddings, teachers: [teacher] });
    const wide = tensorOf(randomRows(2, 4));
    expect(learn({ embeddings: tensorOf(randomRows(1, 3)) })).toThrow(/a student's, 2, got 1/);
    expect(learn({ embeddings: wide, relationWeight: 0 })).toThrow(/expected 3, got 4/);
    expect(learn({ embeddings: wide, projection: wide })).toThrow(/projection of 3 × 4, got 2 × 4/);
  });
});
