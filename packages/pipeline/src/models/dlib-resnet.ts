import { alignToTemplate, dlibChip51 } from '@kith/alignment';
import { type DlibView, dlibEmbedder, dlibPreprocessing, dlibResnet29 } from '@kith/embedding';
import { bundledNets, readBundledWeights } from './bundled-weights.ts';
import { landmarkPreprocessing, openFaceFinder } from './face-finder.ts';
import type { ModelPlan } from './face-model.ts';
import { spaceOf } from './space-of.ts';

const template = dlibChip51();

/** Two looks at a face; the closer ones beside them doubled the time and changed nothing that the ablation could see. */
const views: readonly DlibView[] = ['whole', 'wholeMirrored'];

const space = spaceOf('dlib-resnet', {
  weightsSha256: bundledNets['dlib-resnet29'].sha256,
  dimension: 128,
  preprocessing: { landmarks: landmarkPreprocessing, template: template.name, views: dlibPreprocessing(views) },
});

/** dlib's ResNet behind face-api's detectors and landmarks. @see King, 2017 (the net); RESULTS.md (what was chosen and why). */
export const dlibResnet: ModelPlan = {
  name: 'dlib-resnet',
  space,
  network: dlibResnet29,
  licence: 'CC0-1.0',
  isAvailable: async () => true,
  align: (image, landmarks) => alignToTemplate(image, landmarks, { template }),
  openFinder: openFaceFinder,
  async openEmbedder(runtime) {
    const weights = await readBundledWeights('dlib-resnet29');
    return dlibEmbedder(await runtime.load({ network: dlibResnet29, weights }), { space, views });
  },
};
