import { kithResnet } from '@kith/embedding';
import { slightly } from './distillation.ts';
import type { Recipe } from './recipe.ts';

export const kithResnetRecipe: Recipe = {
  name: 'kith-resnet',
  summary: "dlib's recogniser, fine-tuned with triplets on faces aligned by 51 landmarks",
  network: kithResnet,
  crop: { sizePx: 150, padding: 0.25 },
  teachers: [],
  start: 'dlib-resnet29',
  seed: 1,
  phases: [
    {
      name: 'semi-hard',
      judgesStart: true,
      objective: { kind: 'triplet', miner: 'semiHard', marginSquaredL2: 0.1, reducer: 'meanOfNonZero' },
      learnsFrom: 'faces',
      batch: { kind: 'people', people: 32, photosPerPerson: 4 },
      augmentation: slightly,
      solver: {
        type: 'AdamW',
        baseLr: 0.000001,
        policy: { kind: 'cosine' },
        faces: 20_000,
        warmUpShare: 0.1,
        weightDecay: 0.01,
        emaDecay: 0.98,
      },
    },
  ],
};
