import { readdirSync, renameSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FaceError } from '@kith/core';
import SqliteDatabase from 'better-sqlite3';
import { makeFolder, removeQuietly, syncFolder, syncPath, temporaryName } from './durable-file.ts';
import { assertWhole, type Connection, databaseName, removeDatabase } from './sqlite-connection.ts';
import { errorCodeOf, galleryError } from './sqlite-errors.ts';

/**
 * Copy a gallery, as of one moment, into a folder that is missing or empty, and check the copy before it gets its name.
 *
 * @throws {FaceError} `USAGE` when the folder holds something; `DISK_FULL`, `GALLERY_READ_ONLY`, `GALLERY_CORRUPT`.
 */
export async function backupDatabase({ database, file: original }: Connection, dir: string): Promise<void> {
  const file = join(resolve(dir), databaseName);
  const isNew = makeEmptyFolder(dir);
  const temporary = temporaryName(file);
  try {
    await database.backup(temporary);
    assertCopy(temporary, original);
    syncPath(temporary);
    renameSync(temporary, file);
    syncFolder(dirname(file));
  } catch (error) {
    removeDatabase(temporary);
    if (isNew) removeQuietly(() => rmdirSync(dirname(file)));
    throw galleryError(error, file);
  }
}

function makeEmptyFolder(dir: string): boolean {
  try {
    if (makeFolder(resolve(dir))) return true;
    if (readdirSync(dir).length === 0) return false;
  } catch (error) {
    const code = errorCodeOf(error);
    if (code !== 'EEXIST' && code !== 'ENOTDIR') throw galleryError(error, join(dir, databaseName));
  }
  throw new FaceError('USAGE', `A backup needs a folder that is missing or empty, ${dir} is not.`);
}

function assertCopy(copy: string, original: string): void {
  const database = new SqliteDatabase(copy, { fileMustExist: true });
  try {
    assertWhole(database, original, { isThorough: true });
  } finally {
    database.close();
  }
}
