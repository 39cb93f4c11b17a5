import { kithSmall } from '@kith/embedding';
import type { ModelPlan } from './face-model.ts';
import { kithModel, type TrainedWeights } from './kith-model.ts';

/** Our small net, a student of dlib's recogniser. @see apps/train/src/recipes/kith-small.ts. */
export function kithSmallModel(weights: TrainedWeights): ModelPlan {
  return kithModel({ name: 'kith-small', network: kithSmall, crop: { sizePx: 64, padding: 0.15 } }, weights);
}
