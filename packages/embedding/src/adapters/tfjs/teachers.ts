import { FaceError } from '@kith/core';
import type { TensorFlow } from '@kith/network/tfjs';
import { type Scalar, type Tensor, type Tensor2D, unitRows } from './row-tensors.ts';

/** Whom a student learns from, and how much. */
export interface Teacher {
  /** Of the student's photos, in their order. Shape `[count, the teacher's dimension]`. */
  readonly embeddings: Tensor2D;
  /** Of all that this teacher teaches. */
  readonly weight?: number;
  /** Of who is like whom, beside the embeddings themselves. */
  readonly relationWeight?: number;
  /** Leads the student's embeddings to the teacher's dimension, and is learnt with them. Shape `[dimension, the teacher's dimension]`. */
  readonly projection?: Tensor2D;
}

/**
 * Learn from one teacher or several: the sum, over them, of `weight · (mean (1 − cos) + relationWeight · relations)`.
 * The cosine is of the student's embeddings, or of their projection where the teacher has one. A teacher of another
 * dimension without a projection teaches relations alone.
 *
 * @param embeddings - The student's. Shape `[count, dimension]`.
 * @throws {FaceError} `USAGE` for other counts or dimensions, and for a teacher who would teach nothing.
 */
export function teachersLoss(
  tf: TensorFlow,
  { embeddings, teachers }: { readonly embeddings: Tensor2D; readonly teachers: readonly Teacher[] },
): Scalar {
  for (const teacher of teachers) assertTeacher(embeddings, teacher);
  return tf.tidy(() => {
    const learnt = unitRows(tf, embeddings);
    return teachers.reduce<Scalar>((total, teacher) => {
      const { weight = 1, relationWeight = 1, projection } = teacher;
      const taught = unitRows(tf, teacher.embeddings);
      const student = projection ? unitRows(tf, projected(tf, { embeddings, projection })) : learnt;
      const itself = student.shape[1] === taught.shape[1] ? cosineTerm(student, taught) : tf.scalar(0);
      const relations = relationWeight === 0 ? tf.scalar(0) : relationTerm(tf, learnt, taught);
      return total.add(itself.add(relations.mul(relationWeight)).mul(weight)) as Scalar;
    }, tf.scalar(0));
  });
}

/**
 * Lead embeddings to another dimension by a learnt linear map: `x P`.
 *
 * @returns Shape `[count, the other dimension]`, not of length 1.
 */
export function projected(
  tf: TensorFlow,
  { embeddings, projection }: { readonly embeddings: Tensor2D; readonly projection: Tensor2D },
): Tensor2D {
  return tf.matMul(embeddings, projection);
}

/** `1 − cos`, the mean over rows. */
function cosineTerm(learnt: Tensor2D, taught: Tensor2D): Tensor {
  return learnt.mul(taught).sum(1).mean().neg().add(1);
}

/**
 * The squared difference between the student's cosine and the teacher's: the mean over a row's others, then over rows.
 *
 * @see Park et al., Relational Knowledge Distillation, CVPR 2019, §3.2, with cosines for distances.
 */
function relationTerm(tf: TensorFlow, learnt: Tensor2D, taught: Tensor2D): Tensor {
  const [count] = learnt.shape;
  const apart = cosineDistances(tf, learnt).sub(cosineDistances(tf, taught));
  return apart
    .square()
    .sum()
    .div(count * Math.max(1, count - 1));
}

/** Half the squared L2 of unit rows, so that a row without length stands as it does on plain arrays. Shape `[count, count]`. */
function cosineDistances(tf: TensorFlow, units: Tensor2D): Tensor {
  const halves = units.square().sum(1, true).div(2);
  return halves.add(halves.transpose()).sub(tf.matMul(units, units, false, true));
}

function assertTeacher(student: Tensor2D, { embeddings, projection, relationWeight = 1 }: Teacher): void {
  const [[count, dimension], [rows, taught]] = [student.shape, embeddings.shape];
  if (rows !== count) throw new FaceError('USAGE', `Expected a teacher's row a student's, ${count}, got ${rows}.`);
  if (projection && !(projection.shape[0] === dimension && projection.shape[1] === taught)) {
    const expected = `${dimension} × ${taught}`;
    throw new FaceError('USAGE', `Expected a projection of ${expected}, got ${projection.shape.join(' × ')}.`);
  }
  if (projection || dimension === taught || relationWeight !== 0) return;
  throw new FaceError(
    'USAGE',
    `A teacher of another dimension needs a projection or a relation weight: expected ${dimension}, got ${taught}.`,
  );
}
