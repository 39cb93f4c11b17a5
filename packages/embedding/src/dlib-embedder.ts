import type { Embedder, EmbeddingSpace } from '@kith/core';
import type { Session } from '@kith/network';
import { dlibResnet29 } from './dlib-resnet29.ts';
import { networkEmbedder } from './network-embedder.ts';
import { closerShare, type FaceView, faceViews } from './views.ts';

/** Name views for an embedding space; all four by default. The closer share is always told, as in the spaces of galleries that exist. */
export function dlibPreprocessing(views: readonly FaceView[] = faceViews): string {
  return `${views.join('+')}, closer ${closerShare}`;
}

export interface DlibEmbedderOptions {
  /** The space the embeddings are said to be of; 128 dimensions. */
  readonly space: EmbeddingSpace;
  /** At least one; all four by default. */
  readonly views?: readonly FaceView[];
}

/**
 * Embed with `dlib-resnet29`.
 *
 * @throws {FaceError} `USAGE` when there is no view, `MODEL_UNSUPPORTED` for a session of another network.
 * @see King, High quality face recognition with deep metric learning, 2017.
 */
export function dlibEmbedder(session: Session, { space, views = faceViews }: DlibEmbedderOptions): Embedder {
  return networkEmbedder(session, { network: dlibResnet29, space, views });
}
