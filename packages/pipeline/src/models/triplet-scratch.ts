import { kithInceptionOf } from '@kith/embedding';
import type { ModelPlan } from './face-model.ts';
import { kithModel, type TrainedWeights } from './kith-model.ts';

const network = kithInceptionOf({ width: 0.5 });

/** Our Inception at half its table's width, that learnt from names alone. @see apps/train/src/recipes/triplet-scratch.ts. */
export function tripletScratchModel(weights: TrainedWeights): ModelPlan {
  return kithModel({ name: 'triplet-scratch', network, crop: { sizePx: 96, padding: 0.15 } }, weights);
}
