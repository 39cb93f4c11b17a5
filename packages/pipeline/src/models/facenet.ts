import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { alignToHead, facenetHead } from '@kith/alignment';
import { FaceError } from '@kith/core';
import {
  facenetEmbedder,
  facenetInceptionResnetV1,
  facenetPreprocessing,
  facenetWeights,
  facenetWeightsSha256,
} from '@kith/embedding';
import { readNpyFolder } from '@kith/network/weights';
import { landmarkPreprocessing, openFaceFinder } from './face-finder.ts';
import type { ModelPlan } from './face-model.ts';
import { spaceOf } from './space-of.ts';

const { name } = facenetInceptionResnetV1;

const space = spaceOf(name, {
  weightsSha256: facenetWeightsSha256,
  dimension: 512,
  preprocessing: { landmarks: landmarkPreprocessing, crop: facenetHead, views: facenetPreprocessing() },
});

/**
 * FaceNet's Inception-ResNet V1 as davidsandberg trained it. Its weights do not come with kith: they are looked for in the folder
 * that `KITH_WEIGHTS` names, else in `shared/weights` beside the working folder or the repository.
 *
 * @see Schroff et al., FaceNet, CVPR 2015; Sandberg, facenet, 2018.
 */
export const facenet: ModelPlan = {
  name,
  space,
  network: facenetInceptionResnetV1,
  isAvailable: async () => (await weightFolder()) !== undefined,
  align: (image, landmarks) => alignToHead(image, landmarks, { crop: facenetHead }),
  openFinder: openFaceFinder,
  async openEmbedder(runtime) {
    const folder = await weightFolder();
    if (folder === undefined) {
      throw new FaceError(
        'WEIGHTS_CHECKSUM',
        `The weights of ${name} are not there: expected a folder ${name} of .npy files in one of ${places().join(', ')}. Name the folder that holds it by KITH_WEIGHTS.`,
      );
    }
    const weights = facenetWeights(await readNpyFolder(folder, { sha256: facenetWeightsSha256 }));
    return facenetEmbedder(await runtime.load({ network: facenetInceptionResnetV1, weights }), { space });
  },
};

function places(): readonly string[] {
  if (env.KITH_WEIGHTS) return [resolve(env.KITH_WEIGHTS)];
  const besideRepository = fileURLToPath(new URL('../../../../../shared/weights', import.meta.url));
  return [...new Set([resolve('../shared/weights'), besideRepository])];
}

async function weightFolder(): Promise<string | undefined> {
  for (const place of places()) {
    const folder = join(place, 'facenet-inception-resnet-v1');
    const isThere = await access(folder).then(
      () => true,
      () => false,
    );
    if (isThere) return folder;
  }
  return undefined;
}
