import { writeFile } from 'node:fs/promises';
import { FaceError } from '@kith/core';
import { usageError } from './settings.ts';

/**
 * Write a picture where the caller asked for it.
 *
 * @throws {FaceError} `DISK_FULL`, or `USAGE` when nothing can be written there.
 */
export async function writePicture(path: string, png: Uint8Array): Promise<void> {
  try {
    await writeFile(path, png);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    if (code === 'ENOSPC') throw new FaceError('DISK_FULL', `There is no room for the picture ${path}.`, { cause });
    throw usageError(`The picture cannot be written to ${path}: ${code}.`);
  }
}
