import type { Embedder, EmbeddingSpace, Image } from '@kith/core';
import type { Session } from '@kith/network';
import { viewEmbedder } from './view-embedder.ts';
import { mirrorImage, zoomImage } from './views.ts';

/** Share of the aligned face that the closer view shows. */
const closerShare = 0.92;

/** A way to look at an aligned face: whole or closer, as it is or in a mirror. */
export type DlibView = 'whole' | 'wholeMirrored' | 'closer' | 'closerMirrored';

const look: Readonly<Record<DlibView, (image: Image) => Image>> = {
  whole: (image) => image,
  wholeMirrored: (image) => mirrorImage(image),
  closer: (image) => zoomImage(image, closerShare),
  closerMirrored: (image) => mirrorImage(zoomImage(image, closerShare)),
};

const allViews = Object.keys(look) as readonly DlibView[];

/** Name views for an embedding space; all four by default. */
export function dlibPreprocessing(views: readonly DlibView[] = allViews): string {
  return `${views.join('+')}, closer ${closerShare}`;
}

export interface DlibEmbedderOptions {
  /** The space the embeddings are said to be of; 128 dimensions. */
  readonly space: EmbeddingSpace;
  /** At least one; all four by default. */
  readonly views?: readonly DlibView[];
}

/**
 * Embed with `dlib-resnet29`: the sum over views of the aligned face, scaled to length 1. All faces and views go in one batch.
 *
 * @throws {FaceError} `USAGE` when there is no view, `MODEL_UNSUPPORTED` for a session of another network.
 * @see King, High quality face recognition with deep metric learning, 2017.
 */
export function dlibEmbedder(session: Session, { space, views = allViews }: DlibEmbedderOptions): Embedder {
  return viewEmbedder(session, {
    space,
    network: "dlib's ResNet",
    sidePx: 150,
    dimension: 128,
    views: views.map((view) => look[view]),
  });
}
