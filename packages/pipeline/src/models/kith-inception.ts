import { kithInceptionOf } from '@kith/embedding';
import type { ModelPlan } from './face-model.ts';
import { kithModel, type TrainedWeights } from './kith-model.ts';

/** As wide as the recipe trains it. */
const network = kithInceptionOf({ width: 0.75 });

/** Our Inception: a student of dlib's recogniser, then taught by triplets. @see apps/train/src/recipes/kith-inception.ts. */
export function kithInceptionModel(weights: TrainedWeights): ModelPlan {
  return kithModel({ name: 'kith-inception', network, crop: { sizePx: 96, padding: 0.15 } }, weights);
}
