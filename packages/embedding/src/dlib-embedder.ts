import { type AlignedFace, type Embedder, type EmbeddingSpace, FaceError, type Image, l2Normalize } from '@kith/core';
import { formatShape, type Session } from '@kith/network';
import { mirrorImage, zoomImage } from './views.ts';

/** Side in px of the aligned face that dlib's ResNet takes. */
const sidePx = 150;

const dimension = 128;

const pixelsPerFace = sidePx * sidePx * 3;

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
  if (views.length === 0) throw new FaceError('USAGE', 'An embedder needs at least one view, got none.');
  assertRecogniser(session);
  return {
    space,
    async embed(faces) {
      if (faces.length === 0) return [];
      const [values] = await session.run({ count: faces.length * views.length, data: pixelsOf(faces, views) });
      return faces.map((_, face) => l2Normalize(sumOfViews(values!, { face, views: views.length })));
    },
  };
}

/** Every view of every face, one after the other. */
function pixelsOf(faces: readonly AlignedFace[], views: readonly DlibView[]): Uint8Array {
  const data = new Uint8Array(faces.length * views.length * pixelsPerFace);
  faces.forEach(({ image }, i) => {
    if (image.width !== sidePx || image.height !== sidePx) {
      throw new FaceError(
        'USAGE',
        `dlib's ResNet takes faces of ${sidePx} × ${sidePx} px, got ${image.width} × ${image.height}.`,
      );
    }
    views.forEach((view, k) => {
      data.set(look[view](image).data, (i * views.length + k) * pixelsPerFace);
    });
  });
  return data;
}

function sumOfViews(
  values: Float32Array,
  { face, views }: { readonly face: number; readonly views: number },
): Float32Array {
  const sum = new Float32Array(dimension);
  for (let view = 0; view < views; view++) {
    const from = (face * views + view) * dimension;
    for (let k = 0; k < dimension; k++) sum[k] = sum[k]! + values[from + k]!;
  }
  return sum;
}

function assertRecogniser({ input, outputs }: Session): void {
  const got = `${formatShape(input)} to ${outputs.map(({ shape }) => formatShape(shape)).join(' + ')}`;
  const expected = `${sidePx}×${sidePx}×3 to ${dimension}`;
  if (got === expected) return;
  throw new FaceError('MODEL_UNSUPPORTED', `dlib's embedder runs ${expected}, got a model of ${got}.`);
}
