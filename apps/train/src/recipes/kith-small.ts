import { kithSmall } from '@kith/embedding';
import type { Recipe } from './recipe.ts';
import { slightly, taughtViews } from './taught-views.ts';

export const kithSmallRecipe: Recipe = {
  name: 'kith-small',
  summary: "a small, fast net: a student of dlib's recogniser on views of faces",
  network: kithSmall,
  crop: { sizePx: 64, padding: 0.15 },
  // a whole mean less costs the teacher 0.4 % on View 1, half of it nothing
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
        faces: 900_000,
        warmUpShare: 0.03,
        weightDecay: 0.02,
        emaDecay: 0.998,
      },
    },
  ],
};
