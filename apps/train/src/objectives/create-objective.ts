import { createRandom, gaussian, seedOf } from '@kith/core';
import {
  activeShare,
  allTriplets,
  batchHard,
  type Distances,
  distanceWeighted,
  embeddingSpread,
  hard,
  mean,
  meanOfNonZero,
  randomViolator,
  reduce,
  semiHard,
  squaredL2,
  type Triplets,
  takeOneAtRandom,
  tripletLoss,
} from '@kith/embedding/metric';
import { arcFaceHead, cosFaceHead, rowsLoss, softmaxHead, teachersLoss } from '@kith/embedding/tfjs';
import type { Weights, WeightTensor } from '@kith/network';
import type { TensorFlow } from '@kith/network/tfjs';
import type { Objective, ObjectiveContext } from '@kith/training/tfjs';
import { displayInterval } from '../phase-report.ts';
import type { MinerName, ObjectiveSpec } from './objective-spec.ts';

export interface ObjectiveOptions {
  /** Length of the network's embedding. */
  readonly dimension: number;
  /** People to tell apart. */
  readonly classes: number;
  /** Lengths of the teachers' embeddings, which lie side by side in a batch's targets. */
  readonly teachers: readonly { readonly dimension: number }[];
  readonly seed: number;
}

type Tensor2D = Parameters<typeof softmaxHead>[1]['embeddings'];

/** Make a phase's objective of what its recipe says. */
export function createObjective(tf: TensorFlow, spec: ObjectiveSpec, options: ObjectiveOptions): Objective {
  const objective = spec.kind === 'triplet' ? triplets(tf, spec, options) : heads(tf, spec, options);
  return {
    ...objective,
    loss: (context) => {
      // of the steps that the log keeps: it takes as long as a small network's step
      if ((context.iteration + 1) % displayInterval === 0) reportSpread(context);
      return objective.loss(context);
    },
  };
}

function heads(
  tf: TensorFlow,
  spec: Exclude<ObjectiveSpec, { kind: 'triplet' }>,
  { dimension, classes, teachers, seed }: ObjectiveOptions,
): Objective {
  if (spec.kind === 'distillation') return distillation(tf, spec.relationWeight, { dimension, teachers, seed });
  const parameters: Weights = new Map([['classes', gaussianTensor([classes, dimension], { deviation: 0.1, seed })]]);
  const head = ({ embeddings, batch, parameter }: ObjectiveContext) => ({
    embeddings: embeddings as Tensor2D,
    labels: batch.labels,
    weights: parameter('classes') as Tensor2D,
  });
  switch (spec.kind) {
    case 'softmax':
      return { parameters, loss: (context) => softmaxHead(tf, head(context)) };
    case 'cosFace':
      return { parameters, loss: (context) => cosFaceHead(tf, { ...head(context), ...spec }) };
    case 'arcFace':
      return { parameters, loss: (context) => arcFaceHead(tf, { ...head(context), ...spec }) };
  }
}

/** Each teacher's embedding, through a learnt projection where its dimension is another, and who is like whom. */
function distillation(
  tf: TensorFlow,
  relationWeight: number,
  { dimension, teachers, seed }: Omit<ObjectiveOptions, 'classes'>,
): Objective {
  const nameOf = (teacher: number) => `projection${teacher}`;
  const parameters = new Map(
    teachers.flatMap((teacher, i) =>
      teacher.dimension === dimension
        ? []
        : [
            [
              nameOf(i),
              gaussianTensor([dimension, teacher.dimension], { deviation: 1 / Math.sqrt(dimension), seed }),
            ] as const,
          ],
    ),
  );
  const total = teachers.reduce((sum, teacher) => sum + teacher.dimension, 0);
  return {
    parameters,
    loss: ({ embeddings, batch, parameter }) => {
      const targets = tf.tensor2d(batch.targets, [batch.rows.length, total]);
      const parts = tf.split(
        targets,
        teachers.map((teacher) => teacher.dimension),
        1,
      ) as Tensor2D[];
      return teachersLoss(tf, {
        embeddings: embeddings as Tensor2D,
        teachers: parts.map((part, i) => ({
          embeddings: part,
          weight: 1 / teachers.length,
          relationWeight,
          ...(parameters.has(nameOf(i)) ? { projection: parameter(nameOf(i)) as Tensor2D } : {}),
        })),
      });
    },
  };
}

function triplets(
  tf: TensorFlow,
  { miner, marginSquaredL2, reducer }: Extract<ObjectiveSpec, { kind: 'triplet' }>,
  { seed }: ObjectiveOptions,
): Objective {
  return {
    loss: ({ embeddings, batch, iteration, report }) =>
      rowsLoss(tf, embeddings as Tensor2D, (rows) => {
        const distances = squaredL2.pairwise(rows);
        const random = createRandom(seedOf(seed, iteration));
        const mined = mine(miner, distances, {
          labels: batch.labels,
          dimension: rows.dimension,
          marginSquaredL2,
          random,
        });
        const terms = tripletLoss(distances, mined, { marginSquaredL2 });
        report('triplets', mined.anchor.length);
        // of batch-hard's triplets, since those that were mined for having a loss all have one
        const hardest = tripletLoss(distances, batchHard(distances, batch.labels), { marginSquaredL2 });
        report('activeShare', activeShare(hardest.values).share);
        return reduce(terms, reducer === 'mean' ? mean : meanOfNonZero);
      }),
  };
}

function mine(
  miner: MinerName,
  distances: Distances,
  {
    labels,
    dimension,
    marginSquaredL2,
    random,
  }: {
    readonly labels: Int32Array;
    readonly dimension: number;
    readonly marginSquaredL2: number;
    readonly random: () => number;
  },
): Triplets {
  const take = takeOneAtRandom(random);
  switch (miner) {
    case 'all':
      return allTriplets(distances, labels, { take });
    case 'hard':
      return hard(distances, labels, { take });
    case 'semiHard':
      return semiHard(distances, labels, { marginSquaredL2, take });
    case 'batchHard':
      return batchHard(distances, labels);
    case 'distanceWeighted':
      return distanceWeighted(distances, labels, { random, dimension });
    case 'randomViolator':
      return randomViolator(distances, labels, { random, marginSquaredL2 });
  }
}

function reportSpread({ embeddings, report }: ObjectiveContext): void {
  const [count, dimension] = embeddings.shape as [number, number];
  const spread = embeddingSpread({ values: Float32Array.from(embeddings.dataSync()), count, dimension });
  report('deviation', spread.deviation);
  report('effectiveRank', spread.effectiveRank);
}

function gaussianTensor(
  [rows, columns]: readonly [number, number],
  { deviation, seed }: { readonly deviation: number; readonly seed: number },
): WeightTensor {
  const random = createRandom(seedOf(seed, rows, columns));
  const data = Float32Array.from({ length: rows * columns }, () => deviation * gaussian(random));
  return { shape: [rows, columns], data };
}
