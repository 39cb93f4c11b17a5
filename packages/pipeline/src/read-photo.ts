import { readFile } from 'node:fs/promises';
import { FaceError } from '@kith/core';

/**
 * Read a photo's bytes.
 *
 * @throws {FaceError} `FILE_NOT_FOUND` when there is no such file, `IMAGE_UNREADABLE` when it is a folder or cannot be read.
 */
export async function readPhoto(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw readingError(path, cause);
  }
}

function readingError(path: string, cause: unknown): FaceError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new FaceError('FILE_NOT_FOUND', `There is no file ${path}.`, { cause });
  if (code === 'EISDIR') return new FaceError('IMAGE_UNREADABLE', `${path} is a folder, expected a photo.`, { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FaceError('IMAGE_UNREADABLE', `${path} cannot be read: ${reason}.`, { cause });
}
