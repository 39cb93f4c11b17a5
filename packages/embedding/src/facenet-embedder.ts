import type { Embedder, EmbeddingSpace } from '@kith/core';
import type { Session } from '@kith/network';
import { facenetInceptionResnetV1 } from './facenet.ts';
import { networkEmbedder } from './network-embedder.ts';
import { type FaceView, nameViews } from './views.ts';

const bothSides: readonly FaceView[] = ['whole', 'wholeMirrored'];

/** Name views for an embedding space; the face and its mirror image by default. */
export function facenetPreprocessing(views: readonly FaceView[] = bothSides): string {
  return nameViews(views);
}

export interface FacenetEmbedderOptions {
  /** The space the embeddings are said to be of; 512 dimensions. */
  readonly space: EmbeddingSpace;
  /** At least one; the face and its mirror image by default. */
  readonly views?: readonly FaceView[];
}

/**
 * Embed with `facenet-inception-resnet-v1`.
 *
 * @throws {FaceError} `USAGE` when there is no view, `MODEL_UNSUPPORTED` for a session of another network.
 * @see Schroff et al., FaceNet, CVPR 2015, of which it has the embedding; Sandberg, facenet, 2018, who trained it by softmax.
 */
export function facenetEmbedder(session: Session, { space, views = bothSides }: FacenetEmbedderOptions): Embedder {
  return networkEmbedder(session, { network: facenetInceptionResnetV1, space, views });
}
