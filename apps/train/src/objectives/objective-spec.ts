/** How the negatives of a batch's triplets are chosen. */
export type MinerName = 'all' | 'hard' | 'semiHard' | 'batchHard' | 'distanceWeighted' | 'randomViolator';

/** What a phase of a recipe makes small, as data that a run's settings keep. */
export type ObjectiveSpec =
  | {
      readonly kind: 'distillation';
      /** Of who is like whom, beside the embeddings themselves. */
      readonly relationWeight: number;
    }
  | { readonly kind: 'softmax' }
  | { readonly kind: 'cosFace'; readonly scale: number; readonly marginCosine: number }
  | { readonly kind: 'arcFace'; readonly scale: number; readonly marginRadians: number }
  | {
      readonly kind: 'triplet';
      readonly miner: MinerName;
      readonly marginSquaredL2: number;
      /** Whether triplets that have no loss thin the mean. */
      readonly reducer: 'mean' | 'meanOfNonZero';
    };
