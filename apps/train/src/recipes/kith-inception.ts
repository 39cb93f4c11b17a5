import { kithInceptionOf } from '@kith/embedding';
import type { Recipe } from './recipe.ts';
import { slightly, taughtViews } from './taught-views.ts';

export const kithInceptionRecipe: Recipe = {
  name: 'kith-inception',
  summary: "an Inception net: a student of dlib's recogniser on views of faces, then triplets",
  network: kithInceptionOf({ width: 0.75 }),
  crop: { sizePx: 96, padding: 0.15 },
  teachers: [{ name: 'dlib-resnet-int8', withoutMean: 0.5 }],
  views: taughtViews,
  start: 'anew',
  seed: 1,
  phases: [
    {
      name: 'distillation',
      objective: { kind: 'distillation', relationWeight: 4 },
      learnsFrom: 'views',
      batch: { kind: 'shuffled', size: 128 },
      augmentation: slightly,
      solver: {
        type: 'AdamW',
        baseLr: 0.003,
        policy: { kind: 'cosine' },
        faces: 650_000,
        warmUpShare: 0.03,
        weightDecay: 0.02,
        emaDecay: 0.998,
      },
    },
    {
      name: 'triplets',
      judgesStart: true,
      objective: { kind: 'triplet', miner: 'batchHard', marginSquaredL2: 0.2, reducer: 'meanOfNonZero' },
      learnsFrom: 'faces',
      batch: { kind: 'people', people: 32, photosPerPerson: 4 },
      augmentation: slightly,
      isNormFrozen: true,
      solver: {
        type: 'AdamW',
        baseLr: 0.00003,
        policy: { kind: 'cosine' },
        faces: 40_000,
        warmUpShare: 0.1,
        weightDecay: 0.02,
        emaDecay: 0.98,
      },
    },
  ],
};
