import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { assertSameSpace, type EmbeddingSpace, FaceError } from '@kith/core';
import type { ImportSummary } from '../store.ts';
import {
  createExportHash,
  type ExportedFace,
  type ExportHeader,
  malformed,
  parseHeader,
  parseLine,
} from './export-format.ts';
import { insertFace, prepareStatements } from './face-statements.ts';
import { connect, whenUnlocked } from './sqlite-connection.ts';
import { errorCodeOf, galleryError } from './sqlite-errors.ts';
import { readOrigin } from './sqlite-schema.ts';

/** No line of an export is longer than this. */
const maxLineBytes = 1 << 20;

/**
 * Enroll every face of an export in one transaction: all of it or nothing.
 *
 * @throws {FaceError} `FILE_NOT_FOUND`, `EXPORT_MALFORMED`, `SPACE_MISMATCH`, `GALLERY_LOCKED`, `DISK_FULL`.
 */
export async function importFaces(
  dir: string,
  file: string,
  { lockTimeoutMs, onWait }: { readonly lockTimeoutMs: number; readonly onWait: () => void },
): Promise<ImportSummary> {
  // a connection of its own, so that the gallery's other work stays outside the transaction
  const connection = connect(dir, { isChecked: false });
  const { database } = connection;
  try {
    await whenUnlocked(connection, () => database.exec('BEGIN IMMEDIATE'), { timeoutMs: lockTimeoutMs, onWait });
    const { space } = readOrigin(database, connection.file);
    const statements = prepareStatements(database);
    const counts = { enrolled: 0, unchanged: 0 };
    await readFaces(file, { space, take: (face) => void counts[insertFace(statements, face.subject, face).status]++ });
    database.exec('COMMIT');
    return counts;
  } catch (error) {
    throw importError(error, file, connection.file);
  } finally {
    // closing rolls back what was not committed
    database.close();
  }
}

/**
 * Read an export from end to end and refuse what no gallery of a space could import.
 *
 * @throws {FaceError} `FILE_NOT_FOUND`, `EXPORT_MALFORMED`, `SPACE_MISMATCH`.
 */
export async function assertExport(file: string, { space }: { readonly space: EmbeddingSpace }): Promise<void> {
  try {
    await readFaces(file, { space, take: () => undefined });
  } catch (error) {
    throw importError(error, file, file);
  }
}

/** Give every face of an export to `take`; the last ones may be taken before the file turns out to be malformed. */
async function readFaces(
  file: string,
  { space, take }: { readonly space: EmbeddingSpace; readonly take: (face: ExportedFace) => void },
): Promise<void> {
  const name = basename(file);
  const hash = createExportHash();
  let header: ExportHeader | undefined;
  let isComplete = false;
  let number = 0;
  let faces = 0;
  for await (const bytes of lines(file)) {
    const source = `${name}:${++number}`;
    if (isComplete) throw malformed(source, 'something follows the last line');
    const text = bytes.toString('utf8');
    if (!header) {
      header = parseHeader(text, source);
      assertSameSpace(space, header.space);
      hash.update(bytes);
      continue;
    }
    const entry = parseLine(text, source, header.space.dimension);
    if ('subject' in entry) {
      take(entry);
      faces++;
      hash.update(bytes);
    } else {
      if (entry.sha256 !== hash.digest('hex')) throw malformed(source, 'the checksum is wrong: the file was altered');
      if (entry.faces !== faces || header.faces !== faces) {
        throw malformed(source, `it holds ${faces} faces, its header tells of ${header.faces}`);
      }
      isComplete = true;
    }
  }
  if (!isComplete) throw malformed(`${name}:${number + 1}`, 'the file ends before its last line');
}

/** The lines of a file with their line ends. */
async function* lines(file: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, from)) {
      yield rest.subarray(from, end + 1);
      from = end + 1;
    }
    rest = rest.subarray(from);
    if (rest.length > maxLineBytes) throw malformed(basename(file), `a line is longer than ${maxLineBytes} bytes`);
  }
  if (rest.length > 0) throw malformed(basename(file), 'the file ends within a line');
}

function importError(error: unknown, file: string, databaseFile: string): unknown {
  const code = errorCodeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new FaceError('FILE_NOT_FOUND', `There is no file ${JSON.stringify(file)}.`, { cause: error });
  }
  // SQLite's own refusals have codes of its own
  if (code === 'EACCES' || code === 'EPERM') {
    return new FaceError('FILE_NOT_FOUND', `${file} may not be read.`, { cause: error });
  }
  if (code === 'EISDIR') return malformed(basename(file), 'it is a folder');
  return galleryError(error, databaseFile);
}
