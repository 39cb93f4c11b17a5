import type { Embedder, EmbeddingSpace, Image } from '@kith/core';
import type { Session } from '@kith/network';
import { viewEmbedder } from './view-embedder.ts';
import { mirrorImage } from './views.ts';

/** A way to look at an aligned face: as it is or in a mirror. */
export type FacenetView = 'whole' | 'wholeMirrored';

const look: Readonly<Record<FacenetView, (image: Image) => Image>> = {
  whole: (image) => image,
  wholeMirrored: mirrorImage,
};

const allViews = Object.keys(look) as readonly FacenetView[];

/** Name views for an embedding space; both by default. */
export function facenetPreprocessing(views: readonly FacenetView[] = allViews): string {
  return views.join('+');
}

export interface FacenetEmbedderOptions {
  /** The space the embeddings are said to be of; 512 dimensions. */
  readonly space: EmbeddingSpace;
  /** At least one; both by default. */
  readonly views?: readonly FacenetView[];
}

/**
 * Embed with `facenet-inception-resnet-v1`: the sum over views of the aligned face, scaled to length 1. All faces and views go in one batch.
 *
 * @throws {FaceError} `USAGE` when there is no view, `MODEL_UNSUPPORTED` for a session of another network.
 * @see Schroff et al., FaceNet, CVPR 2015, of which it has the embedding; Sandberg, facenet, 2018, who trained it by softmax.
 */
export function facenetEmbedder(session: Session, { space, views = allViews }: FacenetEmbedderOptions): Embedder {
  return viewEmbedder(session, {
    space,
    network: 'FaceNet',
    sidePx: 160,
    dimension: 512,
    views: views.map((view) => look[view]),
  });
}
