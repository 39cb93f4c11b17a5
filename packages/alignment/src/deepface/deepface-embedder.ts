import { type AlignedFace, type Embedder, type EmbeddingSpace, FaceError, l2Normalize } from '@kith/core';
import { elementsOf, formatShape, type Network, runInParts, type Session, upTo } from '@kith/network';
import { deepfaceFeatures } from './features.ts';

/** The table up to F7, whose output is the embedding before it is scaled: without dropout, F8 and softmax. */
export function deepfaceFeaturesOf(table: Network): Network {
  return upTo(table, 'F7');
}

export interface DeepfaceEmbedderOptions {
  /** The space the embeddings are said to be of. */
  readonly space: EmbeddingSpace;
  /** Largest activations in training, from the model file: as many as the net gives features. */
  readonly maxima: Float32Array;
}

/**
 * Embed with a DeepFace net: F7 of the frontalized face, pixels in [0, 1], over its maxima and scaled to length 1.
 *
 * @param session - Of {@link deepfaceFeaturesOf} a table.
 * @throws {FaceError} `MODEL_UNSUPPORTED` for a session that does not give one feature a maximum; when it embeds, `USAGE` for faces of
 *   another size, `EMBEDDING_ZERO` for a face that excites nothing.
 * @see Taigman et al., DeepFace, CVPR 2014, §3.1.
 */
export function deepfaceEmbedder(session: Session, { space, maxima }: DeepfaceEmbedderOptions): Embedder {
  assertSession(session, maxima.length);
  return {
    space,
    async embed(faces) {
      if (faces.length === 0) return [];
      const [activations] = await runInParts(session, { count: faces.length, data: pixelsOf(faces, session) });
      const features = deepfaceFeatures(activations!, maxima);
      const { length } = maxima;
      return faces.map((_, i) => l2Normalize(features.subarray(i * length, (i + 1) * length)));
    },
  };
}

/** Pixels of the faces, one after the other, in [0, 1]. */
function pixelsOf(faces: readonly AlignedFace[], { input }: Session): Float32Array {
  const [height, width] = input;
  const length = elementsOf(input);
  const data = new Float32Array(faces.length * length);
  faces.forEach(({ image }, i) => {
    if (image.width !== width || image.height !== height) {
      throw new FaceError(
        'USAGE',
        `This DeepFace takes faces of ${width} × ${height} px, got ${image.width} × ${image.height}.`,
      );
    }
    for (let k = 0; k < length; k++) data[i * length + k] = image.data[k]! / 255;
  });
  return data;
}

function assertSession({ input, outputs }: Session, dimension: number): void {
  const [output] = outputs;
  const fits = input.length === 3 && input[2] === 3 && outputs.length === 1 && elementsOf(output!.shape) === dimension;
  if (fits) return;
  const got = `${formatShape(input)} to ${outputs.map(({ shape }) => formatShape(shape)).join(' + ')}`;
  throw new FaceError('MODEL_UNSUPPORTED', `DeepFace's embedder runs pixels to ${dimension} features, got ${got}.`);
}
