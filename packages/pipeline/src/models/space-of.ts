import { createHash } from 'node:crypto';
import type { EmbeddingSpace } from '@kith/core';

/**
 * Name the space that a model embeds into by its weights and by all that brings a photo's face before them.
 *
 * @param preprocessing - Whatever changes embeddings: plain values, hashed as JSON.
 */
export function spaceOf(
  name: string,
  {
    weightsSha256,
    dimension,
    preprocessing,
  }: {
    readonly weightsSha256: string;
    readonly dimension: number;
    readonly preprocessing: Readonly<Record<string, unknown>>;
  },
): EmbeddingSpace {
  return {
    model: `${name}-${weightsSha256.slice(0, 12)}`,
    preprocessing: createHash('sha256').update(JSON.stringify(preprocessing)).digest('hex').slice(0, 12),
    dimension,
  };
}
