import { alignToHead, facenetHead } from '@kith/alignment';
import { facenetEmbedder, facenetInceptionResnetV1, facenetPreprocessing, facenetWeightsSha256 } from '@kith/embedding';
import { landmarkPreprocessing, openFaceFinder } from './face-finder.ts';
import type { ModelPlan } from './face-model.ts';
import { facenetWeightFolder, readFacenetWeights } from './facenet-weights.ts';
import { spaceOf } from './space-of.ts';

const { name } = facenetInceptionResnetV1;

const space = spaceOf(name, {
  weightsSha256: facenetWeightsSha256,
  dimension: 512,
  preprocessing: { landmarks: landmarkPreprocessing, crop: facenetHead, views: facenetPreprocessing() },
});

/**
 * FaceNet's Inception-ResNet V1 as davidsandberg trained it.
 *
 * @see Schroff et al., FaceNet, CVPR 2015; Sandberg, facenet, 2018.
 */
export const facenet: ModelPlan = {
  name,
  space,
  network: facenetInceptionResnetV1,
  isAvailable: async () => (await facenetWeightFolder()) !== undefined,
  align: (image, landmarks) => alignToHead(image, landmarks, { crop: facenetHead }),
  openFinder: openFaceFinder,
  async openEmbedder(runtime) {
    const weights = await readFacenetWeights();
    return facenetEmbedder(await runtime.load({ network: facenetInceptionResnetV1, weights }), { space });
  },
};
