import { FaceError } from './errors.ts';

declare const unit: unique symbol;

/** A vector of L2 norm 1 ± 1e-5; made only by {@link l2Normalize}. */
export type Embedding = Float32Array & { readonly [unit]: true };

/** What makes two embeddings comparable. `model` and `preprocessing` are hashes; it travels with every gallery. */
export interface EmbeddingSpace {
  readonly model: string;
  readonly preprocessing: string;
  readonly dimension: number;
}

/**
 * Scale a vector to L2 norm 1.
 *
 * @param values - Any vector. Shape `[dimension]`; left as it is.
 * @throws {FaceError} `EMBEDDING_ZERO` when the vector has no length or a value is not finite.
 */
export function l2Normalize(values: ArrayLike<number>): Embedding {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! * values[i]!;
  const norm = Math.sqrt(squares);
  if (!(norm > 1e-12) || !Number.isFinite(norm)) {
    throw new FaceError('EMBEDDING_ZERO', `An embedding needs a finite length above 0, got ${norm}.`);
  }
  const normalized = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) normalized[i] = values[i]! / norm;
  return normalized as Embedding;
}

/** The space as one line, for messages, JSON and caches: `model/preprocessing/dimension`. */
export function formatSpace({ model, preprocessing, dimension }: EmbeddingSpace): string {
  return `${model}/${preprocessing}/${dimension}`;
}

/** @throws {FaceError} `SPACE_MISMATCH` when the spaces differ. */
export function assertSameSpace(expected: EmbeddingSpace, got: EmbeddingSpace): void {
  if (formatSpace(expected) !== formatSpace(got)) {
    throw new FaceError(
      'SPACE_MISMATCH',
      `Embeddings of different spaces cannot be compared: expected ${formatSpace(expected)}, got ${formatSpace(got)}.`,
    );
  }
}
