import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync } from 'node:fs';

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
