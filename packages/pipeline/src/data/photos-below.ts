import { readdir } from 'node:fs/promises';
import { FaceError } from '@kith/core';

const isPhoto = /\.(jpe?g|png|webp|heic|heif|avif|tiff?|bmp|gif)$/i;

/** Paths of the photos below a folder, in order, relative to it. @throws {FaceError} `FILE_NOT_FOUND` when it is not there. */
export async function photosBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new FaceError('FILE_NOT_FOUND', `There is no folder ${folder}.`, { cause });
  });
  return entries.filter((entry) => isPhoto.test(entry)).sort();
}
