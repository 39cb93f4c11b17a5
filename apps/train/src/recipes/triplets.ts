import type { MinerName } from '../objectives/objective-spec.ts';
import { slightly } from './distillation.ts';
import type { Phase, PhaseSolver } from './recipe.ts';

export interface TripletsOptions
  extends Pick<Phase, 'name' | 'isNormFrozen' | 'judgedEvery' | 'patience'>,
    Partial<Pick<Phase, 'augmentation'>> {
  readonly miner: MinerName;
  /** Whether a batch is of any people, or of people who are taken for each other. */
  readonly batch?: 'people' | 'confusers';
  /** In a batch, each with four photos. */
  readonly people?: number;
  readonly marginSquaredL2?: number;
  readonly solver: Omit<PhaseSolver, 'type'>;
}

/** Bring a person's faces nearer to each other than to other people's, by triplets of names; what it starts from is judged too. */
export function triplets({
  miner,
  batch = 'people',
  people = 32,
  marginSquaredL2 = 0.2,
  solver,
  ...phase
}: TripletsOptions): Phase {
  const composition = { people, photosPerPerson: 4 };
  return {
    objective: { kind: 'triplet', miner, marginSquaredL2, reducer: 'meanOfNonZero' },
    learnsFrom: 'faces',
    judgesStart: true,
    batch: batch === 'people' ? { kind: batch, ...composition } : { kind: batch, ...composition, groupSize: 4 },
    augmentation: slightly,
    solver: { type: 'AdamW', ...solver },
    ...phase,
  };
}
