import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLandmarks, createRandom, type Embedding, type EmbeddingSpace, gaussian, l2Normalize } from '@kith/core';
import type { NewFace } from '@kith/gallery';

/** The space of the faces made here. */
export const testSpace: EmbeddingSpace = { model: 'm0del', preprocessing: 'pr3p', dimension: 128 };

/** An embedding drawn evenly from the sphere: the same for the same number, everywhere. */
export function syntheticEmbedding(number: number, { dimension = testSpace.dimension } = {}): Embedding {
  const random = createRandom(number * 2654435761 + dimension);
  return l2Normalize(Float32Array.from({ length: dimension }, () => gaussian(random)));
}

/** An embedding near another: squared L2 close to `128 · spread²`. */
export function embeddingNear(centre: Embedding, number: number, { spread = 0.03 } = {}): Embedding {
  const random = createRandom(number * 40503 + 7);
  return l2Normalize(centre.map((value) => value + spread * gaussian(random)));
}

export function contentHashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A face to enroll, all of it made of one number. */
export function syntheticFace(number: number, { embedding = syntheticEmbedding(number) } = {}): NewFace {
  const random = createRandom(number + 99);
  return {
    embedding,
    contentHash: contentHashOf(`photo ${number}`),
    file: `photo ${number}.jpg`,
    box: { xMin: number, yMin: 2.25, xMax: number + 100.5, yMax: 120 },
    landmarks: createLandmarks(
      'ibug68',
      Float32Array.from({ length: 136 }, () => 100 * random()),
    ),
    quality: Math.round(random() * 1e6) / 1e6,
  };
}

/** Run with a fresh folder that is gone afterwards. */
export async function withFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'kith-gallery-'));
  try {
    return await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
