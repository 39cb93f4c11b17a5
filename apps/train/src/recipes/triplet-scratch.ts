import { kithInceptionOf } from '@kith/embedding';
import type { Augmentation } from '@kith/training';
import type { Phase, PhaseSolver, Recipe } from './recipe.ts';
import { type TripletsOptions, triplets } from './triplets.ts';

/** What befalls faces where nobody but the photos teaches: as much as five photos a person need. */
const much: Augmentation = {
  flip: 0.5,
  crop: { chance: 1, scale: [0.9, 1.1], shift: [-0.05, 0.05], rotationDegrees: [-10, 10], beyond: ['edge'] },
  occlusion: { chance: 0.4, area: [0.03, 0.2], aspect: [0.4, 2.5], covers: ['noise', 'grey', 'mean'] },
  colour: { chance: 0.8, brightness: [-0.15, 0.15], contrast: [0.7, 1.3], saturation: [0.4, 1.6], gamma: [0.75, 1.35] },
  grey: 0.15,
  blur: { chance: 0.1, sigma: [0.003, 0.012] },
  resolution: { chance: 0.2, scale: [0.4, 0.9] },
};

/** Tell people apart by their names, before triplets: a net that knows nothing finds all faces alike. */
export function warmUp({ faces }: Pick<PhaseSolver, 'faces'>): Phase {
  return {
    name: 'cosface',
    objective: { kind: 'cosFace', scale: 20, marginCosine: 0.1 },
    learnsFrom: 'faces',
    batch: { kind: 'shuffled', size: 128 },
    augmentation: much,
    solver: {
      type: 'AdamW',
      baseLr: 0.002,
      policy: { kind: 'cosine', least: 0.01 },
      faces,
      warmUpShare: 0.05,
      weightDecay: 0.1,
      emaDecay: 0.995,
    },
  };
}

/** Triplets where nobody but the photos teaches. */
export function scratchTriplets({
  baseLr,
  faces,
  ...options
}: Omit<TripletsOptions, 'solver'> & Pick<PhaseSolver, 'baseLr' | 'faces'>): Phase {
  return triplets({
    ...options,
    augmentation: much,
    solver: {
      baseLr,
      policy: { kind: 'cosine', least: 0.1 },
      faces,
      warmUpShare: 0.05,
      weightDecay: 0.05,
      emaDecay: 0.99,
    },
  });
}

export const tripletScratchRecipe: Recipe = {
  name: 'triplet-scratch',
  summary:
    'an Inception net that no other network taught: CosFace, then semi-hard triplets, then the hardest of people taken for each other',
  network: kithInceptionOf({ width: 0.5 }),
  crop: { sizePx: 96, padding: 0.15 },
  teachers: [],
  start: 'anew',
  seed: 1,
  phases: [
    warmUp({ faces: 800_000 }),
    scratchTriplets({ name: 'semi-hard', miner: 'semiHard', baseLr: 0.0003, faces: 60_000 }),
    scratchTriplets({ name: 'hard', miner: 'batchHard', batch: 'confusers', baseLr: 0.0001, faces: 40_000 }),
  ],
};
