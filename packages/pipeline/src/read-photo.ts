import { constants, type FileHandle, open } from 'node:fs/promises';
import { FaceError } from '@kith/core';

/** No photo's file is larger. */
const maxBytes = 512 * 2 ** 20;

/** A pipe without a writer would hold an ordinary open for ever. Windows has no such flag, and no such pipes. */
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Read a photo's bytes.
 *
 * @throws {FaceError} `FILE_NOT_FOUND` when there is no such file, `IMAGE_UNREADABLE` when it is a folder, a pipe or a device, or
 * cannot be read, `IMAGE_TOO_LARGE` when it has more than 512 MiB.
 */
export async function readPhoto(path: string): Promise<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, openFlags);
    await assertPhotoFile(handle, path);
    return await handle.readFile();
  } catch (cause) {
    throw cause instanceof FaceError ? cause : readingError(path, cause);
  } finally {
    await handle?.close();
  }
}

async function assertPhotoFile(handle: FileHandle, path: string): Promise<void> {
  const stats = await handle.stat();
  if (stats.isDirectory()) throw new FaceError('IMAGE_UNREADABLE', `${quoted(path)} is a folder, expected a photo.`);
  if (!stats.isFile()) {
    throw new FaceError('IMAGE_UNREADABLE', `${quoted(path)} is a pipe or a device, expected a regular file.`);
  }
  if (stats.size > maxBytes) {
    throw new FaceError(
      'IMAGE_TOO_LARGE',
      `${quoted(path)} has ${stats.size.toLocaleString('en-US')} bytes, expected at most ${maxBytes.toLocaleString('en-US')}.`,
    );
  }
}

/** A path in a message, also one that is empty or holds line ends. */
function quoted(path: string): string {
  return JSON.stringify(path);
}

function readingError(path: string, cause: unknown): FaceError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new FaceError('FILE_NOT_FOUND', `There is no file ${quoted(path)}.`, { cause });
  // Windows opens no folders
  if (code === 'EISDIR')
    return new FaceError('IMAGE_UNREADABLE', `${quoted(path)} is a folder, expected a photo.`, { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FaceError('IMAGE_UNREADABLE', `${quoted(path)} cannot be read: ${reason}.`, { cause });
}
