import { createHash } from 'node:crypto';
import { type EmbeddingSpace, FaceError } from '@kith/core';
import { type PrincipalComponents, principalComponentsWeights } from './principal-components.ts';

export interface EnsembleSpaceOptions {
  /** Above 0, one a member. */
  readonly weights: readonly number[];
  readonly projection?: PrincipalComponents | undefined;
}

/**
 * Name the space of several embedders together: the spaces of all, in order, their shares unless equal, and what the projection hashes to.
 *
 * @throws {FaceError} `USAGE` without members or for a weight that is not above 0, `WEIGHTS_MISMATCH` for a projection of other vectors.
 */
export function ensembleSpace(
  spaces: readonly EmbeddingSpace[],
  { weights, projection }: EnsembleSpaceOptions,
): EmbeddingSpace {
  if (spaces.length === 0) throw new FaceError('USAGE', 'An ensemble needs at least one embedder, got none.');
  assertWeights(weights, spaces.length);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const isEqual = weights.every((weight) => weight === weights[0]);
  const models = spaces.map(({ model }, i) => (isEqual ? model : `${weights[i]! / all}*${model}`));
  const joined = {
    model: models.join('+'),
    preprocessing: spaces.map(({ preprocessing }) => preprocessing).join('+'),
    dimension: spaces.reduce((sum, { dimension }) => sum + dimension, 0),
  };
  if (!projection) return joined;
  if (projection.mean.length !== joined.dimension) {
    throw new FaceError(
      'WEIGHTS_MISMATCH',
      `The projection of ${joined.model} takes ${joined.dimension} numbers, got one fitted to ${projection.mean.length}.`,
    );
  }
  return { ...joined, model: `${joined.model}:pca-${hashOf(projection)}`, dimension: projection.scales.length };
}

/** @throws {FaceError} `USAGE` unless there is one weight an embedder, each above 0. */
export function assertWeights(weights: readonly number[], count: number): void {
  if (weights.length === count && weights.every((weight) => weight > 0 && Number.isFinite(weight))) return;
  throw new FaceError(
    'USAGE',
    `Expected a weight above 0 for each of ${count} embedders, got ${weights.join(', ') || 'none'}.`,
  );
}

function hashOf(projection: PrincipalComponents): string {
  const hash = createHash('sha256');
  for (const [name, { shape, data }] of principalComponentsWeights(projection)) {
    hash.update(`${name} ${shape.join('×')}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex').slice(0, 12);
}
