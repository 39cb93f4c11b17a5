import { statSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { FaceError } from '@kith/core';
import type { ExportSummary } from '../store.ts';
import { syncFolder, temporaryName } from './durable-file.ts';
import { createExportHash, exportBeginning, faceLine, headerLine, trailerLine } from './export-format.ts';
import { searchableFace } from './face-row.ts';
import { prepareStatements } from './face-statements.ts';
import { type Connection, connect, databaseName } from './sqlite-connection.ts';
import { errorCodeOf, galleryError } from './sqlite-errors.ts';
import { readOrigin } from './sqlite-schema.ts';

/** Faces read and written at a time. */
const pageSize = 256;

/**
 * Write everything in a gallery, as of one moment, to one file. The file appears whole or not at all.
 *
 * @throws {FaceError} `USAGE` when the file is the gallery's own, a pipe or a device, or something else than an older export; `FILE_NOT_FOUND` when there is no such folder; `DISK_FULL`, `GALLERY_READ_ONLY`, `GALLERY_CORRUPT`.
 */
export async function exportFaces(dir: string, file: string): Promise<ExportSummary> {
  const target = resolve(file);
  const temporary = temporaryName(target);
  const connection = connect(dir, { readOnly: true, isChecked: false });
  try {
    assertNotOwn(target, dir);
    assertReplaceable(target);
    await assertExportOrNew(target);
    const handle = await open(temporary, 'wx');
    let summary: ExportSummary;
    try {
      summary = await writeFaces(connection, handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
    syncFolder(dirname(target));
    return summary;
  } catch (error) {
    if (/^(ENOENT|ENOTDIR|EISDIR)$/.test(errorCodeOf(error))) {
      throw new FaceError('FILE_NOT_FOUND', `${file} cannot be written: no such folder, or it is one.`, {
        cause: error,
      });
    }
    throw galleryError(error, errorCodeOf(error).startsWith('SQLITE') ? connection.file : target);
  } finally {
    connection.database.close();
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** An export that takes the database's name, or its log's, would be the end of the gallery. */
function assertNotOwn(target: string, dir: string): void {
  if (basename(target).startsWith(databaseName) && isSameFolder(dirname(target), dir)) {
    throw new FaceError('USAGE', `${target} belongs to the gallery itself, expected another file to export to.`);
  }
}

/** The finished file takes the target's place: a device or a pipe would be gone. */
function assertReplaceable(target: string): void {
  const stats = statSync(target, { throwIfNoEntry: false });
  if (stats && !stats.isFile() && !stats.isDirectory()) {
    throw new FaceError('USAGE', `${target} is a pipe or a device, expected a file to export to.`);
  }
}

/** A mistyped name must not cost a photo. An empty file has nothing to lose. */
async function assertExportOrNew(target: string): Promise<void> {
  const stats = statSync(target, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size === 0) return;
  const head = Buffer.alloc(exportBeginning.length);
  const handle = await open(target, 'r');
  try {
    await handle.read(head, 0, head.length, 0);
  } finally {
    await handle.close();
  }
  if (head.toString('latin1') !== exportBeginning) {
    throw new FaceError('USAGE', `${target} exists and is not a kith export; it is not overwritten.`);
  }
}

function isSameFolder(one: string, other: string): boolean {
  const [first, second] = [one, other].map((folder) => statSync(folder, { throwIfNoEntry: false }));
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

async function writeFaces({ database, file }: Connection, handle: FileHandle): Promise<ExportSummary> {
  const statements = prepareStatements(database);
  const hash = createExportHash();
  const write = async (text: string) => {
    hash.update(text);
    await handle.writeFile(text);
  };
  // one transaction from first to last page: what others commit meanwhile stays unseen
  database.exec('BEGIN');
  const { space, model } = readOrigin(database, file);
  const counts = statements.counts.get() ?? { faces: 0, subjects: 0 };
  await write(headerLine({ space, model, ...counts }));
  for (let after = 0; ; ) {
    const rows = statements.page.all(after, pageSize);
    for (const row of rows) searchableFace(row, space.dimension, file);
    if (rows.length > 0) await write(rows.map(faceLine).join(''));
    if (rows.length < pageSize) break;
    after = rows.at(-1)!.number;
  }
  database.exec('COMMIT');
  await handle.writeFile(trailerLine({ faces: counts.faces, sha256: hash.digest('hex') }));
  return counts;
}
