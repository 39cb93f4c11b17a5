import { dlibResnet29 } from '@kith/embedding';
import { bundledNets, readBundledWeights } from './bundled-weights.ts';
import { dlibModel } from './dlib-model.ts';
import type { ModelPlan } from './face-model.ts';

/** dlib's ResNet in 32-bit floats. @see RESULTS.md (what was chosen and why). */
export const dlibResnet: ModelPlan = dlibModel({
  name: 'dlib-resnet',
  sha256: bundledNets['dlib-resnet29'].sha256,
  load: async (runtime) => runtime.load({ network: dlibResnet29, weights: await readBundledWeights('dlib-resnet29') }),
});
