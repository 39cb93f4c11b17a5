import { join } from 'node:path';
import { createRandom, type Image } from '@kith/core';
import { conv, dense, dropout, initialWeights, network } from '@kith/network';
import type { TensorFlow } from '@kith/network/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { augmentations } from '../../augmentation/augmentation.ts';
import { pkSampler } from '../../samplers/pk-sampler.ts';
import { solverOf } from '../../solver/solver-of.ts';
import { createPack } from '../data/create-pack.ts';
import { type Loader, openLoader } from '../data/loader.ts';
import { openPack } from '../data/open-pack.ts';
import type { Objective } from './objective.ts';
import type { TrainingTask } from './train-task.ts';

const people = 4;
const photosPerPerson = 3;
const sidePx = 8;
const dimension = 6;

/** All that a network can have: norms, dropout, a bias. */
export const tinyNetwork = network('tiny', { input: [sidePx, sidePx, 3] }, [
  conv('conv', 4, { kernel: 3, norm: {}, activation: 'relu' }),
  dropout('drop', 0.3),
  dense('fc', dimension),
]);

/** Everything that a solver remembers: velocities, an average, gradients of two batches. */
export const tinySolver = solverOf({
  ...{ type: 'Adam', baseLr: 0.01, policy: { kind: 'cosine' }, weightDecay: 0.01, clipGradients: 5 },
  ...{ iterationSize: 2, maxIterations: 12, emaDecay: 0.8, testInterval: 4, snapshotInterval: 3, seed: 7 },
});

/** Write a pack of faces of noise, each person's of a colour of its own. @returns Its path. */
export async function writeTinyPack(dir: string): Promise<string> {
  const path = join(dir, 'tiny');
  const writer = createPack(path, { sidePx });
  for (let row = 0; row < people * photosPerPerson; row++) {
    const person = Math.floor(row / photosPerPerson);
    writer.append(faceOf(row, person), { person: `person ${person}`, file: `${row}.png` });
  }
  await writer.finish();
  return path;
}

function faceOf(row: number, person: number): Image {
  const random = createRandom(row);
  const data = Uint8Array.from({ length: sidePx * sidePx * 3 }, (_, i) => 60 * ((person + i) % 3) + 100 * random());
  return { width: sidePx, height: sidePx, data };
}

/** A loader of a tiny pack; the caller closes it. */
export async function openTinyLoader(path: string): Promise<Loader> {
  const pack = await openPack(path);
  const sampler = pkSampler({ labels: pack.labels, people: 3, photosPerPerson: 2, seed: 3 });
  const augmentation = augmentations.standard;
  return openLoader({ pack, sampler, augmentation, sizePx: sidePx, seed: 5, threads: 1 });
}

/** Tell people apart by a learnt row of weights for each. */
export function tinyObjective(tf: TensorFlow): Objective {
  const random = createRandom(11);
  const data = Float32Array.from({ length: dimension * people }, () => random() - 0.5);
  return {
    parameters: new Map([['classes', { shape: [dimension, people], data }]]),
    loss: ({ embeddings, batch, parameter, report }) => {
      const logits = (embeddings as Tensor2D).matMul(parameter('classes') as Tensor2D);
      const labels = tf.oneHot(tf.tensor1d(batch.labels, 'int32'), people);
      report('largest', logits.max().dataSync()[0]!);
      return tf.losses.softmaxCrossEntropy(labels, logits).asScalar();
    },
  };
}

/** A training of some seconds. */
export function tinyTask(
  tf: TensorFlow,
  { loader, ...more }: Partial<TrainingTask> & Pick<TrainingTask, 'loader'>,
): TrainingTask {
  return {
    network: tinyNetwork,
    weights: initialWeights(tinyNetwork, { seed: 2 }),
    objective: tinyObjective(tf),
    config: tinySolver,
    loader,
    batchesPerEpoch: 2,
    ...more,
  };
}
