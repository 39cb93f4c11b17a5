import type { Phase } from './recipe.ts';
import { triplets } from './triplets.ts';

/**
 * What is done with weights that come with kith where there are too few people to teach a network from nothing: a few hundred small steps
 * on the hardest triplets, and the start is judged too, for it may be the best there is.
 */
export const fineTune: Phase = triplets({
  name: 'fine-tune',
  miner: 'batchHard',
  people: 16,
  isNormFrozen: true,
  judgedEvery: 25,
  patience: 2,
  solver: {
    baseLr: 0.00002,
    policy: { kind: 'cosine' },
    faces: 12_800,
    warmUpShare: 0.1,
    weightDecay: 0.01,
    emaDecay: 0.95,
  },
});
