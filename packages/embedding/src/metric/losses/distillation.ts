import { FaceError } from '@kith/core';
import { cosine } from '../distances.ts';
import { unitRows } from '../products.ts';
import type { LossTerms } from '../reducers.ts';
import type { Rows } from '../rows.ts';

/**
 * `1 − cos` between each of the student's embeddings and the teacher's of the same photo.
 *
 * @throws {FaceError} `USAGE` unless both have one shape.
 */
export function cosineDistillationLoss(students: Rows, teachers: Rows): LossTerms {
  if (students.dimension !== teachers.dimension) {
    const [expected, got] = [teachers.dimension, students.dimension];
    throw new FaceError('USAGE', `A student learns embeddings of its own dimension: expected ${expected}, got ${got}.`);
  }
  assertTaught(students, teachers);
  const { dimension, count } = students;
  const [learnt, taught] = [unitRows(students), unitRows(teachers)];
  const values = new Float64Array(count).fill(1);
  learnt.values.forEach((part, k) => {
    values[Math.floor(k / dimension)]! -= part * taught.values[k]!;
  });
  const backward = (upstream: Float64Array) => ({
    embeddings: learnt.backward(taught.values.map((part, k) => -part * upstream[Math.floor(k / dimension)]!)),
  });
  return { values, backward };
}

/**
 * For each row the mean, over the batch's others, of the squared difference between the student's cosine and the teacher's:
 * who is like whom, whatever the two dimensions are.
 *
 * @see Park et al., Relational Knowledge Distillation, CVPR 2019, §3.2, with cosines for distances.
 */
export function relationDistillationLoss(students: Rows, teachers: Rows): LossTerms {
  assertTaught(students, teachers);
  const { count } = students;
  const [learnt, taught] = [cosine.pairwise(students), cosine.pairwise(teachers)];
  const others = Math.max(1, count - 1);
  const apart = learnt.values.map((distance, k) => distance - taught.values[k]!);
  const values = new Float64Array(count);
  apart.forEach((difference, k) => {
    values[Math.floor(k / count)]! += difference ** 2 / others;
  });
  const backward = (upstream: Float64Array) => ({
    embeddings: learnt.backward(
      apart.map((difference, k) => (2 * difference * upstream[Math.floor(k / count)]!) / others),
    ),
  });
  return { values, backward };
}

/** The teacher's embeddings and its relations at once, row by row: `(1 − cos) + weight · relations`. */
export function distillationLoss(
  students: Rows,
  teachers: Rows,
  { relationWeight = 1 }: { readonly relationWeight?: number } = {},
): LossTerms {
  const [itself, relations] = [
    cosineDistillationLoss(students, teachers),
    relationDistillationLoss(students, teachers),
  ];
  const backward = (upstream: Float64Array) => {
    const ofRelations = relations.backward(upstream).embeddings;
    return {
      embeddings: itself.backward(upstream).embeddings.map((part, k) => part + relationWeight * ofRelations[k]!),
    };
  };
  return { values: itself.values.map((value, i) => value + relationWeight * relations.values[i]!), backward };
}

function assertTaught(students: Rows, teachers: Rows): void {
  if (students.count === teachers.count) return;
  throw new FaceError('USAGE', `Expected a teacher's row a student's, ${students.count}, got ${teachers.count}.`);
}
