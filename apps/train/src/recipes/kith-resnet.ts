import { kithResnet } from '@kith/embedding';
import type { Recipe } from './recipe.ts';
import { type TripletsOptions, triplets } from './triplets.ts';

/** Ten times this rate loses accuracy from the first updates on: what it knows comes from three million photos. */
const solver: Omit<TripletsOptions['solver'], 'faces'> = {
  baseLr: 0.000001,
  policy: { kind: 'cosine' },
  warmUpShare: 0.1,
  weightDecay: 0.01,
  emaDecay: 0.98,
};

const marginSquaredL2 = 0.1;

export const kithResnetRecipe: Recipe = {
  name: 'kith-resnet',
  summary: "dlib's recogniser, fine-tuned with triplets on faces aligned by 51 landmarks",
  network: kithResnet,
  crop: { sizePx: 150, padding: 0.25 },
  teachers: [],
  start: 'dlib-resnet29',
  seed: 1,
  phases: [
    triplets({ name: 'semi-hard', miner: 'semiHard', marginSquaredL2, solver: { ...solver, faces: 16_000 } }),
    triplets({
      ...{ name: 'hard', miner: 'batchHard', batch: 'confusers', marginSquaredL2 },
      solver: { ...solver, faces: 8_000 },
    }),
  ],
};
