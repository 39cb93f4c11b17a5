import { randomBytes } from 'node:crypto';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { FaceError } from '@kith/core';
import { usageError } from './settings.ts';

/**
 * Write a picture where the caller asked for it; a file appears whole or stays as it was.
 *
 * @throws {FaceError} `DISK_FULL`, or `USAGE` when nothing can be written there.
 */
export async function writePicture(path: string, png: Uint8Array): Promise<void> {
  try {
    const target = await realpath(path).catch(() => path);
    const stats = await stat(target).catch(() => undefined);
    // a device or a pipe is written to, not replaced
    if (stats && !stats.isFile()) await writeFile(target, png);
    else await replaceFile(target, png);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new FaceError('DISK_FULL', `There is no room for the picture ${path}.`, { cause });
    }
    throw usageError(`The picture cannot be written to ${path}: ${code}.`);
  }
}

async function replaceFile(target: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${target}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
}
