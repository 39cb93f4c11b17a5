import { kithInception } from '@kith/embedding';
import { distillation, dlibsStudent } from './distillation.ts';
import type { Recipe } from './recipe.ts';
import { triplets } from './triplets.ts';

export const kithInceptionRecipe: Recipe = {
  ...dlibsStudent,
  name: 'kith-inception',
  summary: "an Inception net: a student of dlib's recogniser on views of faces, then triplets",
  network: kithInception,
  crop: { sizePx: 96, padding: 0.15 },
  phases: [
    distillation({ faces: 650_000 }),
    // the loss was still falling; a gradient longer than this undoes hundreds of updates
    { ...distillation({ faces: 1_150_000, baseLr: 0.0015, clipGradients: 0.2 }), name: 'continued', judgedEvery: 422 },
    triplets({
      name: 'triplets',
      miner: 'batchHard',
      isNormFrozen: true,
      solver: {
        baseLr: 0.00003,
        policy: { kind: 'cosine' },
        faces: 40_000,
        warmUpShare: 0.1,
        weightDecay: 0.02,
        emaDecay: 0.98,
      },
    }),
  ],
};
