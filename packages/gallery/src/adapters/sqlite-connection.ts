import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  linkSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FaceError } from '@kith/core';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { makeFolder, removeQuietly, syncFolder, syncPath, temporaryName } from './durable-file.ts';
import { damaged, errorCodeOf, galleryError, isBusy } from './sqlite-errors.ts';
import {
  applicationId,
  assertSchema,
  type GalleryOrigin,
  migrate,
  migrations,
  schemaVersion,
  writeOrigin,
} from './sqlite-schema.ts';

/** The database's name in a gallery's folder. */
export const databaseName = 'gallery.db';

/** How long a read waits for a connection that is opening or closing. */
const readTimeoutMs = 2000;
/** How long a write waits before it says so. */
const tellWaitMs = 1000;
/** Files larger than this are checked page by page as they are read, not as a whole when opened. */
const maxCheckedBytes = 256 << 20;

/** Length of the header that every SQLite file begins with. */
const headerBytes = 100;
/** Where in it an application puts its mark. @see https://www.sqlite.org/fileformat2.html#application_id */
const applicationIdOffset = 68;

/** An open database. `isFrozen`: a copy in memory, since the folder allows no shared memory beside the file. */
export interface Connection {
  readonly database: Database;
  readonly file: string;
  readonly readOnly: boolean;
  readonly isFrozen: boolean;
}

/** Whether a folder holds a gallery. */
export function hasGallery(dir: string): boolean {
  return existsSync(join(dir, databaseName));
}

/**
 * Open a gallery's database; where its folder cannot be written to, for reading.
 *
 * @throws {FaceError} `GALLERY_NOT_FOUND`, `GALLERY_CORRUPT`, `GALLERY_VERSION`, `GALLERY_LOCKED`, `DISK_FULL`.
 */
export function connect(dir: string, { readOnly = false, isChecked = true } = {}): Connection {
  const file = join(resolve(dir), databaseName);
  if (!existsSync(file)) {
    throw new FaceError('GALLERY_NOT_FOUND', `There is no gallery in ${dir}: ${databaseName} is missing.`);
  }
  let connection: Connection | undefined;
  try {
    // another program's database is looked at, never written to
    const isOurs = readApplicationId(file) === applicationId;
    connection = readOnly || !isOurs || !isWritable(file) ? openForReading(file) : openForWriting(file);
    assertSchema(connection.database, file);
    if (isChecked) assertWhole(connection.database, file);
    // only an old gallery needs the writer's lock to be opened
    if (!connection.readOnly && schemaVersion(connection.database) < migrations.length) migrate(connection.database);
    return connection;
  } catch (error) {
    connection?.database.close();
    throw galleryError(error, file);
  }
}

/**
 * Make an empty gallery, unless another process makes it first. It appears whole or not at all.
 *
 * @throws {FaceError} `GALLERY_READ_ONLY`, `DISK_FULL`.
 */
export function createDatabase(dir: string, origin: GalleryOrigin): void {
  const file = join(resolve(dir), databaseName);
  const temporary = temporaryName(file);
  try {
    makeFolder(dirname(file));
    const database = new SqliteDatabase(temporary);
    try {
      migrate(database);
      writeOrigin(database, origin);
      database.pragma('journal_mode = WAL');
    } finally {
      database.close();
    }
    syncPath(temporary);
    publish(temporary, file);
    syncFolder(dirname(file));
  } catch (error) {
    if (errorCodeOf(error) === 'ENOTDIR' || errorCodeOf(error) === 'EEXIST') {
      throw new FaceError('GALLERY_NOT_FOUND', `${dir} is not a folder.`, { cause: error });
    }
    // what /proc and its like say of a new folder
    if (errorCodeOf(error) === 'ENOENT') {
      throw new FaceError('GALLERY_READ_ONLY', `No folder can be made at ${dir}.`, { cause: error });
    }
    throw galleryError(error, file);
  } finally {
    removeDatabase(temporary);
  }
}

/**
 * Do work that needs the writer's lock, waiting for it without blocking the thread.
 *
 * @param onWait - Called once when it has taken a second.
 * @throws {FaceError} `GALLERY_LOCKED` when the lock is not free in time.
 */
export async function whenUnlocked<T>(
  { database, file }: Pick<Connection, 'database' | 'file'>,
  work: () => T,
  { timeoutMs, onWait = () => undefined }: { readonly timeoutMs: number; readonly onWait?: () => void },
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let tellAt = performance.now() + tellWaitMs;
  for (;;) {
    try {
      database.pragma('busy_timeout = 0');
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw galleryError(error, file);
    } finally {
      if (database.open) database.pragma(`busy_timeout = ${readTimeoutMs}`);
    }
    if (performance.now() >= tellAt) {
      tellAt = Number.POSITIVE_INFINITY;
      onWait();
    }
    await delay(1 + Math.random() * 15);
  }
}

/** @throws {FaceError} `GALLERY_CORRUPT` when a page or an index of the database is not sound. */
export function assertWhole(database: Database, file: string, { isThorough = false } = {}): void {
  if (!isThorough && statSync(file).size > maxCheckedBytes) return;
  const answer = database.pragma(isThorough ? 'integrity_check(1)' : 'quick_check(1)', { simple: true });
  if (answer !== 'ok') throw new FaceError('GALLERY_CORRUPT', `${damaged(file)} (${String(answer)})`);
}

/**
 * The mark in a database's header. SQLite would take a file without a whole header for a new database, and write one.
 *
 * @throws {FaceError} `GALLERY_CORRUPT` when the file does not begin as a database.
 */
function readApplicationId(file: string): number {
  const header = Buffer.alloc(headerBytes);
  const descriptor = openSync(file, 'r');
  try {
    if (readSync(descriptor, header) === headerBytes && header.toString('latin1').startsWith('SQLite format 3\0'))
      return header.readUInt32BE(applicationIdOffset);
  } finally {
    closeSync(descriptor);
  }
  throw new FaceError('GALLERY_CORRUPT', `${damaged(file)} (it does not begin as a database)`);
}

function openForWriting(file: string): Connection {
  const database = new SqliteDatabase(file, { fileMustExist: true, timeout: readTimeoutMs });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    // what is deleted is overwritten with zeros
    database.pragma('secure_delete = ON');
    database.pragma('temp_store = MEMORY');
    database.pragma('cell_size_check = ON');
    return { database, file, readOnly: false, isFrozen: false };
  } catch (error) {
    database.close();
    throw error;
  }
}

function openForReading(file: string): Connection {
  try {
    const database = new SqliteDatabase(file, { readonly: true, fileMustExist: true, timeout: readTimeoutMs });
    try {
      database.pragma('user_version');
      database.prepare('SELECT count(*) FROM sqlite_schema').get();
      return { database, file, readOnly: true, isFrozen: false };
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    if (!/^SQLITE_(CANTOPEN|READONLY|IOERR)/.test(errorCodeOf(error))) throw error;
    return openFrozen(file, error);
  }
}

function openFrozen(file: string, cause: unknown): Connection {
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (log && log.size > 0) {
    throw new FaceError(
      'GALLERY_READ_ONLY',
      `${file} has unfinished writes in ${databaseName}-wal: open it once where it can be written to.`,
      { cause },
    );
  }
  const bytes = readFileSync(file);
  // a database in memory has no log: say in its header that this one is not in log mode
  bytes.fill(1, 18, 20);
  const database = new SqliteDatabase(bytes);
  database.pragma('query_only = ON');
  return { database, file, readOnly: true, isFrozen: true };
}

function isWritable(file: string): boolean {
  try {
    accessSync(dirname(file), constants.W_OK);
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function publish(temporary: string, file: string): void {
  try {
    linkSync(temporary, file);
  } catch (error) {
    if (existsSync(file)) return;
    // some file systems know no hard links
    if (!/^(EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS|EMLINK)$/.test(errorCodeOf(error))) throw error;
    renameSync(temporary, file);
  }
}

/** Delete a database that was being made, and what SQLite put beside it. */
export function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    removeQuietly(() => rmSync(`${file}${suffix}`, { force: true }));
  }
}
