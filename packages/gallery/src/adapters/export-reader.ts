import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { assertSameSpace, FaceError } from '@kith/core';
import type { ImportSummary } from '../store.ts';
import { createExportHash, type ExportHeader, malformed, parseHeader, parseLine } from './export-format.ts';
import { type FaceStatements, insertFace, prepareStatements } from './face-statements.ts';
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
  { lockTimeoutMs }: { readonly lockTimeoutMs: number },
): Promise<ImportSummary> {
  // a connection of its own, so that the gallery's other work stays outside the transaction
  const connection = connect(dir, { isChecked: false });
  const { database } = connection;
  try {
    await whenUnlocked(connection, () => database.exec('BEGIN IMMEDIATE'), { timeoutMs: lockTimeoutMs });
    const { space } = readOrigin(database, connection.file);
    const summary = await insertLines(prepareStatements(database), file, (header) =>
      assertSameSpace(space, header.space),
    );
    database.exec('COMMIT');
    return summary;
  } catch (error) {
    throw importError(error, file, connection.file);
  } finally {
    // closing rolls back what was not committed
    database.close();
  }
}

async function insertLines(
  statements: FaceStatements,
  file: string,
  assertHeader: (header: ExportHeader) => void,
): Promise<ImportSummary> {
  const name = basename(file);
  const hash = createExportHash();
  const counts = { enrolled: 0, unchanged: 0 };
  let header: ExportHeader | undefined;
  let isComplete = false;
  let number = 0;
  for await (const bytes of lines(file)) {
    const source = `${name}:${++number}`;
    if (isComplete) throw malformed(source, 'something follows the last line');
    const text = bytes.toString('utf8');
    if (!header) {
      header = parseHeader(text, source);
      assertHeader(header);
      hash.update(bytes);
      continue;
    }
    const entry = parseLine(text, source, header.space.dimension);
    if ('subject' in entry) {
      counts[insertFace(statements, entry.subject, entry).status]++;
      hash.update(bytes);
    } else {
      const faces = counts.enrolled + counts.unchanged;
      if (entry.sha256 !== hash.digest('hex')) throw malformed(source, 'the checksum is wrong: the file was altered');
      if (entry.faces !== faces || header.faces !== faces) {
        throw malformed(source, `it holds ${faces} faces, its header tells of ${header.faces}`);
      }
      isComplete = true;
    }
  }
  if (!isComplete) throw malformed(`${name}:${number + 1}`, 'the file ends before its last line');
  return counts;
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
    return new FaceError('FILE_NOT_FOUND', `There is no file ${file}.`, { cause: error });
  }
  // SQLite's own refusals have codes of its own
  if (code === 'EACCES' || code === 'EPERM') {
    return new FaceError('FILE_NOT_FOUND', `${file} may not be read.`, { cause: error });
  }
  if (code === 'EISDIR') return malformed(basename(file), 'it is a folder');
  return galleryError(error, databaseFile);
}
