import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from 'node:process';
import { alignToHead, alignToTemplate, dlibChip51, facenetHead } from '@kith/alignment';
import type { AlignedFace, Embedder, Image, Landmarks } from '@kith/core';
import {
  dlibEmbedder,
  dlibResnet29,
  facenetEmbedder,
  facenetInceptionResnetV1,
  facenetWeights,
  facenetWeightsSha256,
} from '@kith/embedding';
import type { Runtime } from '@kith/network';
import { readNpyFolder } from '@kith/network/weights';
import { readNetworkWeights } from '@kith/pipeline';

/** A fixed network that real faces are embedded with. */
export interface RealNet {
  readonly name: string;
  /** Side in px of the faces it takes. */
  readonly sidePx: number;
  readonly dimension: number;
  /** Views that are summed for an embedding. */
  readonly views: number;
  /** How the product aligns for it. */
  readonly align: (image: Image, landmarks: Landmarks) => AlignedFace;
  /** Whether its weights are there. */
  readonly isThere: () => Promise<boolean>;
  readonly open: (runtime: Runtime) => Promise<Embedder>;
}

/** dlib's ResNet as the product runs it: a face and its mirror image. */
export const dlibNet: RealNet = {
  name: 'dlib-resnet29',
  sidePx: 150,
  dimension: 128,
  views: 2,
  align: (image, landmarks) => alignToTemplate(image, landmarks, { template: dlibChip51() }),
  isThere: async () => true,
  async open(runtime) {
    const weights = await readNetworkWeights(dlibResnet29);
    const session = await runtime.load({ network: dlibResnet29, weights });
    const space = { model: 'dlib-resnet29', preprocessing: 'alignment report', dimension: 128 };
    return dlibEmbedder(session, { space, views: ['whole', 'wholeMirrored'] });
  },
};

/** FaceNet, which takes eight times as long, with one view. */
export const facenetNet: RealNet = {
  name: 'facenet',
  sidePx: 160,
  dimension: 512,
  views: 1,
  align: (image, landmarks) => alignToHead(image, landmarks, { crop: facenetHead }),
  isThere: () =>
    access(facenetFolder()).then(
      () => true,
      () => false,
    ),
  async open(runtime) {
    const weights = facenetWeights(await readNpyFolder(facenetFolder(), { sha256: facenetWeightsSha256 }));
    const session = await runtime.load({ network: facenetInceptionResnetV1, weights });
    const space = { model: 'facenet', preprocessing: 'alignment report', dimension: 512 };
    return facenetEmbedder(session, { space, views: ['whole'] });
  },
};

/** Where FaceNet's weights lie. */
function facenetFolder(): string {
  return join(env.KITH_WEIGHTS ?? '../shared/weights', facenetInceptionResnetV1.name);
}
