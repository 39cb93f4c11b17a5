import { type Embedder, type EmbeddingSpace, FaceError, type Image, l2Normalize } from '@kith/core';
import type * as FaceApi from '@vladmandic/face-api';
import { mirrorImage } from '../views.ts';

/** face-api with its backend and the recogniser's weights, as loaded by the caller. */
export type FaceApiModule = typeof FaceApi;

/** Side in px of the aligned face that dlib's ResNet takes. */
const sidePx = 150;

const dimension = 128;

/** At most this many images go through the net at once, so that memory stays flat. */
const batchImages = 16;

/**
 * Embed with dlib's ResNet, face-api's recogniser: the mean over the aligned face and its mirror image, scaled to length 1.
 *
 * @param space - The space the embeddings are said to be of; 128 dimensions.
 * @see King, High quality face recognition with deep metric learning, 2017.
 */
export function faceApiRecogniser(faceApi: FaceApiModule, { space }: { readonly space: EmbeddingSpace }): Embedder {
  return {
    space,
    async embed(faces) {
      const views = faces.flatMap(({ image }) => [image, mirrorImage(image)]);
      const outputs: Float32Array[] = [];
      for (let i = 0; i < views.length; i += batchImages) {
        outputs.push(...(await forward(faceApi, views.slice(i, i + batchImages))));
      }
      return faces.map((_, i) => {
        const [plain, mirrored] = [outputs[2 * i]!, outputs[2 * i + 1]!];
        return l2Normalize(plain.map((value, k) => value + mirrored[k]!));
      });
    },
  };
}

async function forward(faceApi: FaceApiModule, images: readonly Image[]): Promise<readonly Float32Array[]> {
  const inputs = images.map(({ width, height, data }) => {
    if (width !== sidePx || height !== sidePx) {
      throw new FaceError('USAGE', `dlib's ResNet takes faces of ${sidePx} × ${sidePx} px, got ${width} × ${height}.`);
    }
    return faceApi.tf.tensor3d(data, [height, width, 3], 'int32');
  });
  const output = await faceApi.nets.faceRecognitionNet.forward(inputs);
  try {
    const values = (await output.data()) as Float32Array;
    return images.map((_, i) => values.slice(i * dimension, (i + 1) * dimension));
  } finally {
    for (const tensor of [...inputs, output]) tensor.dispose();
  }
}
