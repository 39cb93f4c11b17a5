import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ErrorCode, FaceError } from '@kith/core';

/** With less room than this, an I/O error means a full disk. */
const fullDiskBytes = 1 << 20;

/** The code of a system or SQLite error, or an empty string. */
export function errorCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Whether another connection stands in the way and waiting may help. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(errorCodeOf(error));
}

/**
 * The gallery's word for an error of SQLite or the file system; any other error as it came.
 *
 * @param file - The file that was being read or written.
 */
export function galleryError(error: unknown, file: string): unknown {
  if (error instanceof FaceError) return error;
  const code = faceCodeOf(errorCodeOf(error), file);
  if (!code || !(error instanceof Error)) return error;
  return new FaceError(code, `${explanations[code](file)} (${error.message})`, { cause: error });
}

type GalleryCode = 'GALLERY_LOCKED' | 'GALLERY_READ_ONLY' | 'GALLERY_CORRUPT' | 'DISK_FULL';

const explanations: Readonly<Record<GalleryCode, (file: string) => string>> = {
  GALLERY_LOCKED: (file) => `Another process is writing to ${file}; try again when it is done.`,
  GALLERY_READ_ONLY: (file) => `${file} cannot be written to: it, its folder or its disk is read-only.`,
  GALLERY_CORRUPT: damaged,
  DISK_FULL: (file) => `No room is left on the disk of ${file}; nothing was changed.`,
};

/** What to say of a damaged gallery, and what to do about it. */
export function damaged(file: string): string {
  return `${file} is damaged. Move its folder aside, then put a backup in its place or import an export into a new gallery.`;
}

function faceCodeOf(code: string, file: string): (ErrorCode & GalleryCode) | undefined {
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return 'GALLERY_LOCKED';
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(code)) return 'DISK_FULL';
  if (/^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|EACCES|EPERM|EROFS)/.test(code)) return 'GALLERY_READ_ONLY';
  if (/^SQLITE_IOERR/.test(code)) return hasRoom(file) ? 'GALLERY_CORRUPT' : 'DISK_FULL';
  // the statements are constant, so a plain SQL error means that tables are not what they were
  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT|ERROR)/.test(code)) return 'GALLERY_CORRUPT';
  return undefined;
}

function hasRoom(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize >= fullDiskBytes;
  } catch {
    return true;
  }
}
