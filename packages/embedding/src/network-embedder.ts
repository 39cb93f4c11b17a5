import { type AlignedFace, type Embedder, type EmbeddingSpace, FaceError, l2Normalize } from '@kith/core';
import { formatShape, type Network, runInParts, type Session } from '@kith/network';
import { type FaceView, lookAt } from './views.ts';

export interface NetworkEmbedderOptions {
  /** The table that the session runs; its input is RGB, 0–255, so that its first row scales it. */
  readonly network: Network;
  /** The space the embeddings are said to be of; its dimension is the length of what the network gives. */
  readonly space: EmbeddingSpace;
  /** Ways to look at an aligned face, at least one; as it is by default. */
  readonly views?: readonly FaceView[];
}

/**
 * Embed with any network: the sum over views of the aligned face, scaled to length 1. All faces and views go in one batch, those of a
 * crowd in several.
 *
 * @throws {FaceError} `USAGE` when there is no view, `MODEL_UNSUPPORTED` for a session of another network.
 */
export function networkEmbedder(
  session: Session,
  { network, space, views = ['whole'] }: NetworkEmbedderOptions,
): Embedder {
  if (views.length === 0) throw new FaceError('USAGE', 'An embedder needs at least one view, got none.');
  assertSession(session, { network, space });
  return {
    space,
    async embed(faces) {
      if (faces.length === 0) return [];
      const batch = { count: faces.length * views.length, data: pixelsOf(faces, { network, views }) };
      const [values] = await runInParts(session, batch);
      const length = views.length * space.dimension;
      return faces.map((_, face) =>
        l2Normalize(sumOfViews(values!.subarray(face * length, (face + 1) * length), space)),
      );
    },
  };
}

/** Every view of every face, one after the other. */
function pixelsOf(
  faces: readonly AlignedFace[],
  { network, views }: { readonly network: Network; readonly views: readonly FaceView[] },
): Uint8Array {
  const [height = 0, width = 0] = network.input;
  const pixelsPerFace = height * width * 3;
  const data = new Uint8Array(faces.length * views.length * pixelsPerFace);
  faces.forEach(({ image }, i) => {
    if (image.width !== width || image.height !== height) {
      throw new FaceError(
        'USAGE',
        `${network.name} takes faces of ${width} × ${height} px, got ${image.width} × ${image.height}.`,
      );
    }
    views.forEach((view, k) => {
      data.set(lookAt(image, view).data, (i * views.length + k) * pixelsPerFace);
    });
  });
  return data;
}

/** @param values - What the network gave of each view. Shape `[views, dimension]`. */
function sumOfViews(values: Float32Array, { dimension }: EmbeddingSpace): Float32Array {
  const sum = values.slice(0, dimension);
  for (let k = dimension; k < values.length; k++) sum[k % dimension] = sum[k % dimension]! + values[k]!;
  return sum;
}

function assertSession(
  { input, outputs }: Session,
  { network, space }: Pick<NetworkEmbedderOptions, 'network' | 'space'>,
): void {
  const [height = 0, width = 0] = network.input;
  const got = `${formatShape(input)} to ${outputs.map(({ shape }) => formatShape(shape)).join(' + ')}`;
  const expected = `${formatShape([height, width, 3])} to ${space.dimension}`;
  if (got === expected) return;
  throw new FaceError('MODEL_UNSUPPORTED', `The embedder of ${network.name} runs ${expected}, got a model of ${got}.`);
}
