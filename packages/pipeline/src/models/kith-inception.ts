import { kithInception } from '@kith/embedding';
import type { ModelPlan } from './face-model.ts';
import { kithModel, type TrainedWeights } from './kith-model.ts';

/** Our Inception: a student of dlib's recogniser, then taught by triplets. @see apps/train/src/recipes/kith-inception.ts. */
export function kithInceptionModel(weights: TrainedWeights): ModelPlan {
  return kithModel({ name: 'kith-inception', network: kithInception, crop: { sizePx: 96, padding: 0.15 } }, weights);
}
