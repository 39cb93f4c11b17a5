import { type AlignedFace, type Embedder, type EmbeddingSpace, FaceError, type Image, l2Normalize } from '@kith/core';
import { formatShape, runInParts, type Session } from '@kith/network';

export interface ViewEmbedderOptions {
  /** The space the embeddings are said to be of. */
  readonly space: EmbeddingSpace;
  /** What the network is called in messages. */
  readonly network: string;
  /** Side in px of the aligned faces that it takes. */
  readonly sidePx: number;
  /** Length of what it gives. */
  readonly dimension: number;
  /** Ways to look at an aligned face, at least one. */
  readonly views: readonly ((image: Image) => Image)[];
}

/**
 * Embed with a network: the sum over views of the aligned face, scaled to length 1. All faces and views go in one batch, those of a crowd in several.
 *
 * @throws {FaceError} `USAGE` when there is no view, `MODEL_UNSUPPORTED` for a session of another network.
 */
export function viewEmbedder(session: Session, options: ViewEmbedderOptions): Embedder {
  const { space, views, dimension } = options;
  if (views.length === 0) throw new FaceError('USAGE', 'An embedder needs at least one view, got none.');
  assertSession(session, options);
  return {
    space,
    async embed(faces) {
      if (faces.length === 0) return [];
      const batch = { count: faces.length * views.length, data: pixelsOf(faces, options) };
      const [values] = await runInParts(session, batch);
      return faces.map((_, face) => l2Normalize(sumOfViews(values!, { face, views: views.length, dimension })));
    },
  };
}

/** Every view of every face, one after the other. */
function pixelsOf(faces: readonly AlignedFace[], { network, sidePx, views }: ViewEmbedderOptions): Uint8Array {
  const pixelsPerFace = sidePx * sidePx * 3;
  const data = new Uint8Array(faces.length * views.length * pixelsPerFace);
  faces.forEach(({ image }, i) => {
    if (image.width !== sidePx || image.height !== sidePx) {
      throw new FaceError(
        'USAGE',
        `${network} takes faces of ${sidePx} × ${sidePx} px, got ${image.width} × ${image.height}.`,
      );
    }
    views.forEach((look, k) => {
      data.set(look(image).data, (i * views.length + k) * pixelsPerFace);
    });
  });
  return data;
}

function sumOfViews(
  values: Float32Array,
  { face, views, dimension }: { readonly face: number; readonly views: number; readonly dimension: number },
): Float32Array {
  const sum = new Float32Array(dimension);
  for (let view = 0; view < views; view++) {
    const from = (face * views + view) * dimension;
    for (let k = 0; k < dimension; k++) sum[k] = sum[k]! + values[from + k]!;
  }
  return sum;
}

function assertSession({ input, outputs }: Session, { network, sidePx, dimension }: ViewEmbedderOptions): void {
  const got = `${formatShape(input)} to ${outputs.map(({ shape }) => formatShape(shape)).join(' + ')}`;
  const expected = `${sidePx}×${sidePx}×3 to ${dimension}`;
  if (got === expected) return;
  throw new FaceError('MODEL_UNSUPPORTED', `${network}'s embedder runs ${expected}, got a model of ${got}.`);
}
