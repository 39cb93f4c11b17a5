import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { FaceError } from '@kith/core';
import { usageError } from './settings.ts';

/** @see https://www.sqlite.org/fileformat2.html#magic_header_string */
const databaseBeginning = 'SQLite format 3\0';

/**
 * Refuse to draw over the photo itself, or over a database: a gallery's, or any other.
 *
 * @param photo - The file that is read.
 * @throws {FaceError} `USAGE`.
 */
export async function assertDrawable(out: string, photo: string): Promise<void> {
  const target = await realpath(out).catch(() => out);
  if (/^gallery\.db(-|$)/i.test(basename(target)) || (await isDatabase(target))) {
    throw usageError(`${JSON.stringify(out)} is a database's file, expected another to draw to.`);
  }
  const [there, read] = await Promise.all(
    [target, photo].map((path) => stat(path, { bigint: true }).catch(() => undefined)),
  );
  if (there && read && there.ino === read.ino && there.dev === read.dev) {
    throw usageError(`${JSON.stringify(out)} is the very file that is read, expected another to draw to.`);
  }
}

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
    throw usageError(`The picture cannot be written to ${JSON.stringify(path)}: ${code}.`);
  }
}

/** Only a regular file is looked into: a pipe would wait for a writer. */
async function isDatabase(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isFile()) return false;
  const handle = await open(path, 'r').catch(() => undefined);
  if (!handle) return false;
  try {
    const { buffer } = await handle.read(Buffer.alloc(databaseBeginning.length), 0, databaseBeginning.length, 0);
    return buffer.toString('latin1') === databaseBeginning;
  } finally {
    await handle.close();
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
