import { kithInceptionOf } from '@kith/embedding';
import type { MinerName } from '../objectives/objective-spec.ts';
import type { Phase } from '../recipes/recipe.ts';
import { scratchTriplets, tripletScratchRecipe, warmUp } from '../recipes/triplet-scratch.ts';
import type { Way } from './way.ts';

/** Faces seen after the warm-up, and in it; a way without warm-up sees as many as both. */
const budget = { warmUp: 48_000, triplets: 16_000 };

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
  isWarm: true,
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
  { ...base, name: 'without warm-up', isWarm: false },
  ...[64, 256, 512].map((dimension) => ({ ...base, name: `${dimension} dimensions`, dimension })),
];

/** The miners, with and without L2, with and without a warm-up, dimensions. @see Schroff et al., FaceNet, CVPR 2015, §3.2, table 6. */
export const tripletWays: readonly Way[] = choices.map(wayOf);

function wayOf(choice: Choice): Way {
  const { name, dimension, isUnit, isWarm } = choice;
  const [first, second] = phasesOf(choice);
  const shared = { folder: `warm-up-${dimension}${isUnit ? '' : '-without-l2'}`, phase: first };
  const own = { folder: name.toLowerCase().replaceAll(' ', '-'), phase: second };
  return {
    name,
    recipe: {
      ...tripletScratchRecipe,
      crop: { sizePx: 64, padding: 0.15 },
      network: kithInceptionOf({ sizePx: 64, width: 0.5, dimension, isUnit }),
    },
    shared: isWarm ? shared : undefined,
    own,
  };
}

function phasesOf({ miner, isWarm, batch }: Choice): readonly [shared: Phase, own: Phase] {
  const faces = budget.triplets + (isWarm ? 0 : budget.warmUp);
  // a net that knows nothing yet takes longer steps
  const baseLr = isWarm ? 0.0003 : 0.001;
  return [
    warmUp({ faces: budget.warmUp }),
    // a run's settings hold the phase's name: that of the first way stands for all
    scratchTriplets({ name: base.name, miner, batch, baseLr, faces }),
  ];
}
