import { type Embedder, type Embedding, type EmbeddingSpace, FaceError, type Image, l2Normalize } from '@kith/core';
import { mirrorImage, zoomImage } from '../views.ts';
import type { FaceApiModule, Tensor } from './face-api-module.ts';

/** Side in px of the aligned face that dlib's ResNet takes. */
const sidePx = 150;

const dimension = 128;

/** Share of the aligned face that the closer view shows. */
const closerShare = 0.92;

/** A way to look at an aligned face: whole or closer, as it is or in a mirror. */
export type RecogniserView = 'whole' | 'wholeMirrored' | 'closer' | 'closerMirrored';

const look: Readonly<Record<RecogniserView, (image: Image) => Image>> = {
  whole: (image) => image,
  wholeMirrored: (image) => mirrorImage(image),
  closer: (image) => zoomImage(image, closerShare),
  closerMirrored: (image) => mirrorImage(zoomImage(image, closerShare)),
};

const allViews = Object.keys(look) as readonly RecogniserView[];

/** What the views are, for the name of an embedding space. */
export const recogniserPreprocessing = `${allViews.join('+')}, closer ${closerShare}`;

export interface RecogniserOptions {
  /** The space the embeddings are said to be of; 128 dimensions. */
  readonly space: EmbeddingSpace;
  /** At least one; all four by default. */
  readonly views?: readonly RecogniserView[];
}

/**
 * Embed with dlib's ResNet, face-api's recogniser: the sum over views of the aligned face, scaled to length 1.
 *
 * @see King, High quality face recognition with deep metric learning, 2017.
 */
export function faceApiRecogniser(faceApi: FaceApiModule, { space, views = allViews }: RecogniserOptions): Embedder {
  return {
    space,
    async embed(faces) {
      const embeddings: Embedding[] = [];
      for (const { image } of faces) {
        const outputs = await forward(
          faceApi,
          views.map((view) => look[view](image)),
        );
        embeddings.push(l2Normalize(outputs[0]!.map((_, k) => outputs.reduce((sum, output) => sum + output[k]!, 0))));
      }
      return embeddings;
    },
  };
}

/** The net's outputs, not normalised, one an image. */
async function forward(faceApi: FaceApiModule, images: readonly Image[]): Promise<readonly Float32Array[]> {
  for (const { width, height } of images) {
    if (width === sidePx && height === sidePx) continue;
    throw new FaceError('USAGE', `dlib's ResNet takes faces of ${sidePx} × ${sidePx} px, got ${width} × ${height}.`);
  }
  const tensors: Tensor[] = [];
  try {
    const inputs = images.map(({ width, height, data }) => faceApi.tf.tensor3d(data, [height, width, 3], 'int32'));
    tensors.push(...inputs);
    const output = await faceApi.nets.faceRecognitionNet.forward(inputs);
    tensors.push(output);
    const values = await output.data();
    return images.map((_, i) => values.slice(i * dimension, (i + 1) * dimension));
  } finally {
    for (const tensor of tensors) tensor.dispose();
  }
}
