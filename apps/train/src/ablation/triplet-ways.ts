import { kithInceptionOf } from '@kith/embedding';
import type { MinerName } from '../objectives/objective-spec.ts';
import type { Phase } from '../recipes/recipe.ts';
import { scratchTriplets, tripletScratchRecipe, warmUp } from '../recipes/triplet-scratch.ts';
import type { Way } from './way.ts';

/** Faces seen in all, and of them in the warm-up of the way that has one. */
const budget = { all: 64_000, warmUp: 48_000 };

/** What a way may differ in. */
interface Choice {
  readonly name: string;
  readonly miner: MinerName;
  readonly dimension: number;
  /** Whether embeddings have length 1. */
  readonly isUnit: boolean;
  readonly isWarm: boolean;
  readonly batch: 'people' | 'confusers';
}

const base: Choice = {
  name: 'semi-hard',
  miner: 'semiHard',
  dimension: 128,
  isUnit: true,
  isWarm: false,
  batch: 'people',
};

const choices: readonly Choice[] = [
  base,
  { ...base, name: 'random violator', miner: 'randomViolator' },
  { ...base, name: 'all', miner: 'all' },
  { ...base, name: 'hard', miner: 'hard' },
  { ...base, name: 'batch-hard', miner: 'batchHard' },
  { ...base, name: 'batch-hard of confused people', miner: 'batchHard', batch: 'confusers' },
  { ...base, name: 'distance-weighted', miner: 'distanceWeighted' },
  { ...base, name: 'without L2', isUnit: false },
  { ...base, name: 'with warm-up', isWarm: true },
  ...[64, 256, 512].map((dimension) => ({ ...base, name: `${dimension} dimensions`, dimension })),
];

/** The miners, with and without L2, with and without a warm-up, dimensions. @see Schroff et al., FaceNet, CVPR 2015, §3.2, table 5. */
export const tripletWays: readonly Way[] = choices.map(wayOf);

function wayOf(choice: Choice): Way {
  const { name, dimension, isUnit, isWarm } = choice;
  const folder = name.toLowerCase().replaceAll(' ', '-');
  return {
    name,
    recipe: {
      ...tripletScratchRecipe,
      crop: { sizePx: 64, padding: 0.15 },
      network: kithInceptionOf({ sizePx: 64, width: 0.5, dimension, isUnit }),
    },
    warmUp: isWarm ? { folder: `${folder}-1`, phase: warmUp({ faces: budget.warmUp }) } : undefined,
    own: { folder, phase: tripletsOf(choice) },
  };
}

function tripletsOf({ name, miner, isWarm, batch }: Choice): Phase {
  const faces = budget.all - (isWarm ? budget.warmUp : 0);
  // a net that knows nothing yet takes longer steps
  const baseLr = isWarm ? 0.0003 : 0.001;
  return scratchTriplets({ name, miner, batch, baseLr, faces });
}
