import { describe, expect, test } from 'vitest';
import { centralDifferences, randomRows, relativeError } from '../../../../../test/support/metric-batches.ts';
import {
  allTriplets,
  arcFaceLoss,
  centreLoss,
  contrastiveLoss,
  cosFaceLoss,
  cosine,
  cosineDistillationLoss,
  deepid2VerificationLoss,
  distillationLoss,
  firstPairs,
  type LossTerms,
  mean,
  meanOfNonZero,
  nPairLoss,
  type Rows,
  reduce,
  relationDistillationLoss,
  softMarginTripletLoss,
  softmaxLoss,
  sphereFaceLoss,
  squaredL2,
  sum,
  tripletLoss,
  weightedSum,
} from '../index.ts';

const [count, dimension, classes] = [9, 5, 4];
const labels = Int32Array.of(0, 1, 2, 3, 0, 1, 2, 0, 3);
const teachers = randomRows(count, dimension, { seed: 5 });
const wideTeachers = randomRows(count, 11, { seed: 6 });

/** What a loss is taken at: rows, and the parameters of heads. */
interface Point {
  readonly embeddings: Rows & { readonly values: Float64Array };
  readonly weights: Rows & { readonly values: Float64Array };
  readonly centres: Rows & { readonly values: Float64Array };
  readonly bias: Rows & { readonly values: Float64Array };
}
type Parameter = keyof Point;

const losses: Record<string, (point: Point) => LossTerms<never> | LossTerms<'weights'> | LossTerms<'centres'>> = {
  triplet: ({ embeddings }) =>
    tripletLoss(squaredL2.pairwise(embeddings), allTriplets(squaredL2.pairwise(embeddings), labels)),
  'triplet, cosine': ({ embeddings }) =>
    tripletLoss(cosine.pairwise(embeddings), allTriplets(cosine.pairwise(embeddings), labels), {
      marginSquaredL2: 0.5,
    }),
  'soft-margin triplet': ({ embeddings }) =>
    softMarginTripletLoss(squaredL2.pairwise(embeddings), allTriplets(squaredL2.pairwise(embeddings), labels)),
  'soft-margin triplet, cosine': ({ embeddings }) =>
    softMarginTripletLoss(cosine.pairwise(embeddings), allTriplets(cosine.pairwise(embeddings), labels)),
  contrastive: ({ embeddings }) => contrastiveLoss(squaredL2.pairwise(embeddings), labels),
  'contrastive, cosine': ({ embeddings }) => contrastiveLoss(cosine.pairwise(embeddings), labels, { marginL2: 1.5 }),
  'DeepID2 verification': ({ embeddings }) =>
    deepid2VerificationLoss(squaredL2.pairwise(embeddings), labels, { marginL2: 1.3 }),
  'N-pair': ({ embeddings }) => nPairLoss(embeddings, firstPairs(labels), { lengthWeight: 0.02 }),
  centre: ({ embeddings, centres }) => centreLoss(embeddings, labels, { centres }),
  softmax: ({ embeddings, weights, bias }) => softmaxLoss(embeddings, labels, { weights, bias: bias.values }),
  SphereFace: ({ embeddings, weights }) => sphereFaceLoss(embeddings, labels, { weights }),
  'SphereFace, λ = 0, m = 3': ({ embeddings, weights }) =>
    sphereFaceLoss(embeddings, labels, { weights, lambda: 0, timesAngle: 3 }),
  CosFace: ({ embeddings, weights }) => cosFaceLoss(embeddings, labels, { weights, scale: 16 }),
  ArcFace: ({ embeddings, weights }) => arcFaceLoss(embeddings, labels, { weights, scale: 16 }),
  'distillation, cosine': ({ embeddings }) => cosineDistillationLoss(embeddings, teachers),
  'distillation, relations': ({ embeddings }) => relationDistillationLoss(embeddings, wideTeachers),
  distillation: ({ embeddings }) => distillationLoss(embeddings, teachers, { relationWeight: 3 }),
};

const randomPoint = (seed: number): Point => ({
  embeddings: randomRows(count, dimension, { seed, unit: false }),
  weights: randomRows(classes, dimension, { seed: seed + 1, unit: false }),
  centres: randomRows(classes, dimension, { seed: seed + 2, unit: false }),
  bias: randomRows(1, classes, { seed: seed + 3, unit: false }),
});

const withRows = (point: Point, changes: (values: Float64Array, point: Point) => void): Point => {
  const values = point.embeddings.values.slice();
  changes(values, point);
  return { ...point, embeddings: { ...point.embeddings, values } };
};

const points: Record<string, Point> = {
  'a random point': randomPoint(1),
  'another, of unit rows': { ...randomPoint(2), embeddings: randomRows(count, dimension, { seed: 9 }) },
  'two rows of one person and two of two in one place': withRows(randomPoint(3), (values) => {
    values.copyWithin(4 * dimension, 0, dimension);
    values.copyWithin(5 * dimension, 2 * dimension, 3 * dimension);
  }),
  // the fallback of ArcFace, the last piece of SphereFace's ψ
  'rows nearly opposite to their class': withRows(randomPoint(4), (values, { weights }) => {
    for (let k = 0; k < values.length; k++) {
      const own = labels[Math.floor(k / dimension)]! * dimension + (k % dimension);
      values[k] = 0.1 * values[k]! - weights.values[own]!;
    }
  }),
  // θ = 0, where the slope of ArcFace by the cosine has no bound
  'rows exactly on their class': withRows(randomPoint(5), (values, { weights }) => {
    for (let k = 0; k < values.length; k++) {
      values[k] = 2 * weights.values[labels[Math.floor(k / dimension)]! * dimension + (k % dimension)]!;
    }
  }),
  'every row one point': withRows(randomPoint(6), (values) => {
    for (let i = 1; i < count; i++) values.copyWithin(i * dimension, 0, dimension);
  }),
};

describe.each(Object.entries(points))('at %s', (_, point) => {
  test.each(Object.entries(losses))('the gradient of %s is that of finite differences', (_, loss) => {
    for (const reducer of [sum, mean, meanOfNonZero]) {
      const { gradients } = reduce(loss(point) as LossTerms<Parameter>, reducer);
      // held fixed: where a term is at 0, how many are not is no smooth function
      const { upstream } = reducer(loss(point).values);
      for (const name of Object.keys(gradients) as Parameter[]) {
        const valueAt = (values: Float64Array) =>
          loss({ ...point, [name]: { ...point[name], values } }).values.reduce(
            (total, term, t) => total + upstream[t]! * term,
            0,
          );
        const expected = centralDifferences(point[name].values, valueAt);
        expect(relativeError(gradients[name], expected)).toBeLessThan(2e-6);
      }
    }
  });
});

test('the opposite rows do reach the fallback of ArcFace, and the last piece of ψ', () => {
  const { embeddings, weights } = points['rows nearly opposite to their class']!;
  const rows = {
    ...embeddings,
    values: Float64Array.from([...embeddings.values, ...weights.values]),
    count: count + classes,
  };
  const table = cosine.pairwise(rows).values;
  for (const [i, label] of labels.entries())
    expect(1 - table[i * rows.count + count + label]!).toBeLessThan(-Math.cos(0.5));
});

test('a loss of several, weighted, has the weighted gradients', () => {
  const point = points['a random point']!;
  const total = ({ embeddings, weights, bias, centres }: Point) =>
    weightedSum<'weights' | 'bias' | 'centres'>([
      { loss: reduce(softmaxLoss(embeddings, labels, { weights, bias: bias.values })) as never, weight: 1 },
      { loss: reduce(centreLoss(embeddings, labels, { centres })) as never, weight: 0.3 },
    ]);
  const { gradients } = total(point);
  expect(Object.keys(gradients).sort()).toEqual(['bias', 'centres', 'embeddings', 'weights']);
  for (const name of ['embeddings', 'weights', 'bias', 'centres'] as const) {
    const valueAt = (values: Float64Array) => total({ ...point, [name]: { ...point[name], values } }).value;
    expect(relativeError(gradients[name], centralDifferences(point[name].values, valueAt))).toBeLessThan(2e-6);
  }
});

test.each(Object.entries(losses))('%s of rows fallen to 0 has a finite value and gradient', (_, loss) => {
  const point = withRows(points['a random point']!, (values) => values.fill(0));
  const { value, gradients } = reduce(loss(point) as LossTerms<Parameter>);
  expect(Number.isFinite(value)).toBe(true);
  for (const gradient of Object.values(gradients)) expect(gradient.every(Number.isFinite)).toBe(true);
});
