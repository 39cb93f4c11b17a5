import { kithResnet } from '@kith/embedding';
import { slightly } from './distillation.ts';
import type { Phase, PhaseSolver, Recipe } from './recipe.ts';

const fineTuning = {
  learnsFrom: 'faces',
  judgesStart: true,
  augmentation: slightly,
} as const satisfies Partial<Phase>;

/** Ten times this rate loses accuracy from the first updates on: what it knows comes from three million photos. */
const solver = {
  type: 'AdamW',
  baseLr: 0.000001,
  policy: { kind: 'cosine' },
  warmUpShare: 0.1,
  weightDecay: 0.01,
  emaDecay: 0.98,
} as const satisfies Partial<PhaseSolver>;

const margin = { marginSquaredL2: 0.1, reducer: 'meanOfNonZero' } as const;

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
      ...fineTuning,
      name: 'semi-hard',
      objective: { kind: 'triplet', miner: 'semiHard', ...margin },
      batch: { kind: 'people', people: 32, photosPerPerson: 4 },
      solver: { ...solver, faces: 16_000 },
    },
    {
      ...fineTuning,
      name: 'hard',
      objective: { kind: 'triplet', miner: 'batchHard', ...margin },
      batch: { kind: 'confusers', people: 32, photosPerPerson: 4, groupSize: 4 },
      solver: { ...solver, faces: 8_000 },
    },
  ],
};
