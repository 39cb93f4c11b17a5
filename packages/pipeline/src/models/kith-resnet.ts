import { kithResnet } from '@kith/embedding';
import type { ModelPlan } from './face-model.ts';
import { kithModel, type TrainedWeights } from './kith-model.ts';

/** dlib's recogniser, fine-tuned by triplets of unit vectors. @see apps/train/src/recipes/kith-resnet.ts. */
export function kithResnetModel(weights: TrainedWeights): ModelPlan {
  return kithModel({ name: 'kith-resnet', network: kithResnet, crop: { sizePx: 150, padding: 0.25 } }, weights);
}
