import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCodeOf } from './sqlite-errors.ts';

/** Make what happened to a folder's entries survive a power cut. */
export function syncFolder(dir: string): void {
  // Windows opens no folders and needs no such call
  if (process.platform === 'win32') return;
  syncPath(dir);
}

/** Make a file's content survive a power cut. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A name beside a path that nobody else uses. */
export function temporaryName(path: string): string {
  return `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
}

/**
 * Make a folder and those above it, each synced into its parent.
 *
 * @returns Whether it was made. (Node's own recursive `mkdir` calls a read-only disk a missing folder.)
 */
export function makeFolder(dir: string): boolean {
  try {
    mkdirSync(dir);
  } catch (error) {
    const code = errorCodeOf(error);
    if (code === 'EEXIST' && statSync(dir).isDirectory()) return false;
    if (code !== 'ENOENT' || dirname(dir) === dir) throw error;
    makeFolder(dirname(dir));
    mkdirSync(dir);
  }
  syncFolder(dirname(dir));
  return true;
}

/** Tidy up after an error that says more than a second one would. */
export function removeQuietly(remove: () => void): void {
  try {
    remove();
  } catch {
    // the folder cannot be written to, so nothing was left in it, or it is not ours alone
  }
}
