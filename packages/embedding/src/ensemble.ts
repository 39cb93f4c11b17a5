import { type AlignedFace, type Embedder, type Embedding, type EmbeddingSpace, l2Normalize } from '@kith/core';
import { assertWeights, ensembleSpace } from './ensemble-space.ts';
import { type PrincipalComponents, projectToComponents } from './principal-components.ts';

/** One embedder of several, with its own way to bring a face before it. */
export interface EnsembleMember<Face> {
  readonly embedder: Embedder;
  /** Crop a face as the embedder takes it. */
  readonly crop: (face: Face) => AlignedFace;
  /** Above 0, beside those of the others: its share in the squared distance. 1 by default. */
  readonly weight?: number;
}

export interface EnsembleOptions {
  /** Fitted to concatenations of the same members with the same weights; without it they are left as they are. */
  readonly projection?: PrincipalComponents | undefined;
}

/** Several embedders as one. */
export interface Ensemble<Face> {
  readonly space: EmbeddingSpace;
  /** Embed faces, one embedding a face, in order. */
  embed(faces: readonly Face[]): Promise<readonly Embedding[]>;
}

/**
 * Join several embedders into one: their embeddings one after the other, or a projection of that, of length 1.
 *
 * @param members - `Face` is whatever each can crop: aligned faces, photos with landmarks.
 * @throws {FaceError} `USAGE` without members or for a weight that is not above 0, `WEIGHTS_MISMATCH` for a projection of other vectors.
 */
export function ensembleEmbedder<Face>(
  members: readonly EnsembleMember<Face>[],
  { projection }: EnsembleOptions = {},
): Ensemble<Face> {
  const weights = members.map(({ weight = 1 }) => weight);
  const spaces = members.map(({ embedder }) => embedder.space);
  const space = ensembleSpace(spaces, { weights, projection });
  return {
    space,
    async embed(faces) {
      const answers = await Promise.all(members.map(({ embedder, crop }) => embedder.embed(faces.map(crop))));
      return faces.map((_, face) => {
        const whole = concatenateEmbeddings(
          answers.map((embeddings) => embeddings[face]!),
          weights,
        );
        return projection ? l2Normalize(projectToComponents(whole, projection)) : whole;
      });
    },
  };
}

/**
 * Put embeddings of one face one after the other, so that squared L2 between such is the weighted mean of the members' squared L2:
 * `Σ w_m d_m / Σ w_m`.
 *
 * @param weights - Above 0, one an embedding.
 * @returns Shape `[Σ dimensions]`.
 * @throws {FaceError} `USAGE` for other weights.
 */
export function concatenateEmbeddings(embeddings: readonly Embedding[], weights: readonly number[]): Embedding {
  assertWeights(weights, embeddings.length);
  const whole = embeddings.flatMap((embedding, member) =>
    Array.from(embedding, (value) => Math.sqrt(weights[member]!) * value),
  );
  return l2Normalize(whole);
}
