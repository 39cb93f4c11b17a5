import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaceError } from '@kith/core';

/** What files that are being written end with. */
export const temporaryEnding = '.tmp';

/**
 * Put a whole file in its place, or leave what was there: at no moment is there half a file of that name, and it outlives a power cut.
 *
 * @throws {FaceError} `DISK_FULL`.
 */
export async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}${temporaryEnding}`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw writeError(error, path);
  }
}

/** Make a folder and those above it. @throws {FaceError} `DISK_FULL`; `USAGE` where it cannot be, as below a file. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const code = systemCodeOf(error);
    if (['ENOTDIR', 'EEXIST', 'EACCES', 'EPERM', 'EROFS'].includes(code)) {
      throw new FaceError('USAGE', `The folder ${folder} cannot be made (${code}); take another.`, { cause: error });
    }
    throw writeError(error, folder);
  }
}

/** Make what happened to a folder's entries outlive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders and needs no such call
  if (process.platform === 'win32') return;
  const entry = await open(folder, 'r');
  try {
    await entry.sync();
  } finally {
    await entry.close();
  }
}

/** A full disk by its code; any other error as it came. */
export function writeError(error: unknown, path: string): unknown {
  if (!['ENOSPC', 'EDQUOT'].includes(systemCodeOf(error))) return error;
  const message = `No room is left on the disk of ${path}; what was there is kept. Make room and go on.`;
  return new FaceError('DISK_FULL', message, { cause: error });
}

/** The code of a system error, or an empty string. */
export function systemCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
