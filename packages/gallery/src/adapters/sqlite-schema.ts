import { type EmbeddingSpace, FaceError } from '@kith/core';
import type { Database } from 'better-sqlite3';
import { damaged } from './sqlite-errors.ts';

/** "kith" in ASCII: what `PRAGMA application_id` says of our files. */
export const applicationId = 0x6b697468;

/** One step from a schema version to the next; the first makes the tables. */
export type Migration = (database: Database) => void;

/** Step `n` leads from version `n` to `n + 1`. A step once released never changes. */
export const migrations: readonly Migration[] = [
  (database) =>
    database.exec(`
      CREATE TABLE spaces (
        number INTEGER PRIMARY KEY,
        model TEXT NOT NULL,
        preprocessing TEXT NOT NULL,
        dimension INTEGER NOT NULL,
        name TEXT NOT NULL
      ) STRICT;
      CREATE TABLE subjects (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE
      ) STRICT;
      CREATE TABLE faces (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        subject INTEGER NOT NULL REFERENCES subjects (number),
        space INTEGER NOT NULL REFERENCES spaces (number),
        id TEXT NOT NULL,
        content_hash TEXT NOT NULL,
        file TEXT NOT NULL,
        x_min REAL NOT NULL,
        y_min REAL NOT NULL,
        x_max REAL NOT NULL,
        y_max REAL NOT NULL,
        quality REAL NOT NULL,
        time TEXT NOT NULL,
        landmark_scheme TEXT NOT NULL,
        landmarks BLOB NOT NULL,
        embedding BLOB NOT NULL,
        checksum INTEGER NOT NULL,
        UNIQUE (subject, content_hash)
      ) STRICT;
      CREATE TABLE tombstones (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        face INTEGER NOT NULL,
        id TEXT NOT NULL,
        time TEXT NOT NULL
      ) STRICT;
    `),
];

/** Bring a database to the newest schema, all steps or none. */
export function migrate(database: Database, steps: readonly Migration[] = migrations): void {
  database
    .transaction(() => {
      for (let version = schemaVersion(database); version < steps.length; version++) steps[version]!(database);
      database.pragma(`application_id = ${applicationId}`);
      database.pragma(`user_version = ${steps.length}`);
    })
    .immediate();
}

export function schemaVersion(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

/**
 * @throws {FaceError} `GALLERY_NOT_FOUND` when it is another program's database, `GALLERY_VERSION` when a newer kith wrote it,
 * `GALLERY_CORRUPT` when its header says something else than its tables.
 */
export function assertSchema(database: Database, file: string, { newest = migrations.length } = {}): void {
  const version = schemaVersion(database);
  if (!hasGalleryTables(database)) {
    throw new FaceError(
      'GALLERY_NOT_FOUND',
      `${file} is another program's database, not a gallery: keep the gallery in another folder.`,
    );
  }
  if (database.pragma('application_id', { simple: true }) !== applicationId || version < 1) {
    throw new FaceError('GALLERY_CORRUPT', damaged(file));
  }
  if (version > newest) {
    throw new FaceError(
      'GALLERY_VERSION',
      `${file} has schema version ${version}, this kith knows up to ${newest}: use a newer kith.`,
    );
  }
}

/** Tables tell more surely than the mark in the header: a damaged mark makes no gallery another program's. */
function hasGalleryTables(database: Database): boolean {
  const tables = database
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE name IN ('spaces', 'faces', 'tombstones')")
    .pluck()
    .all();
  return tables.length > 0 || database.pragma('application_id', { simple: true }) === applicationId;
}

/** What a gallery was made with. */
export interface GalleryOrigin {
  readonly space: EmbeddingSpace;
  /** Name of the model, for people to read. */
  readonly model: string;
}

export function writeOrigin(database: Database, { space, model }: GalleryOrigin): void {
  database
    .prepare('INSERT INTO spaces (number, model, preprocessing, dimension, name) VALUES (1, ?, ?, ?, ?)')
    .run(space.model, space.preprocessing, space.dimension, model);
}

/** @throws {FaceError} `GALLERY_CORRUPT` when nothing sensible is written. */
export function readOrigin(database: Database, file: string): GalleryOrigin {
  const row = database
    .prepare<[], { model: string; preprocessing: string; dimension: number; name: string }>(
      'SELECT model, preprocessing, dimension, name FROM spaces WHERE number = 1',
    )
    .get();
  if (!row || !(row.dimension >= 1)) throw new FaceError('GALLERY_CORRUPT', damaged(file));
  const { name, ...space } = row;
  return { space, model: name };
}
