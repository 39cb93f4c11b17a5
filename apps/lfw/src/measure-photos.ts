import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { FaceError } from '@kith/core';
import { estimateYawDegrees } from '@kith/evaluation';
import { decodeImage, type Recognizer, readPhoto } from '@kith/pipeline';
import { nearestToCentre } from '@kith/pipeline/data';
import { createProgress } from '@kith/terminal';
import { type CachedPhoto, openEmbeddingCache } from './embedding-cache.ts';

export interface MeasureOptions {
  /** Folder that the paths are relative to. */
  readonly folder: string;
  readonly paths: readonly string[];
  /** Folder of the embedding cache. */
  readonly cache: string;
  readonly signal: AbortSignal;
  /** Whether to leave out the lines of progress where stderr is no terminal. */
  readonly isQuiet?: boolean;
}

/**
 * Embed photos, those of the cache read from there. Of several faces the one nearest the image's centre is taken.
 *
 * @returns By path.
 * @throws {FaceError} `CANCELLED` after an abort, what is done being kept; `DATASET_INCOMPLETE` for a file that is no photo.
 */
export async function measurePhotos(
  recognizer: Recognizer,
  { folder, paths, cache: cacheFolder, signal, isQuiet = false }: MeasureOptions,
): Promise<ReadonlyMap<string, CachedPhoto>> {
  const cache = openEmbeddingCache(cacheFolder, recognizer.model);
  const progress = createProgress(paths.length, { label: 'faces', isQuiet });
  const photos = new Map<string, CachedPhoto>();
  try {
    for (const [at, path] of paths.entries()) {
      if (signal.aborted) throw cancelled(at, paths.length);
      const bytes = await readPhoto(join(folder, path));
      const content = createHash('sha256').update(bytes).digest('hex');
      const known = cache.find(content);
      const photo = known ?? (await measurePhoto(recognizer, bytes, { path }));
      if (!known) cache.add(content, photo);
      photos.set(path, photo);
      progress.tick({ isWork: !known });
    }
  } finally {
    progress.end();
    cache.close();
  }
  return photos;
}

async function measurePhoto(
  recognizer: Recognizer,
  bytes: Uint8Array,
  { path }: { readonly path: string },
): Promise<CachedPhoto> {
  const began = performance.now();
  const image = await decodeImage(bytes).catch((cause: unknown) => {
    throw new FaceError('DATASET_INCOMPLETE', `${path} is no photo that can be decoded.`, { cause });
  });
  const located = await recognizer.detect(image);
  const nearest = nearestToCentre(located, image);
  const [embedding] = nearest ? await recognizer.model.embed([nearest.aligned]) : [];
  const { width, height } = image;
  const seconds = Number(((performance.now() - began) / 1000).toFixed(4));
  if (!nearest || !embedding) return { width, height, faces: 0, face: null, seconds };
  const { box, landmarks } = nearest;
  const face = { box, yawDegrees: Number(estimateYawDegrees(landmarks).toFixed(2)), embedding };
  return { width, height, faces: located.length, face, seconds };
}

function cancelled(done: number, total: number): FaceError {
  return new FaceError(
    'CANCELLED',
    `Stopped after ${done} of ${total} images. They are kept: the same command goes on from there.`,
  );
}
