import { type EmbeddingSpace, FaceError } from '@kith/core';
import type { OnNotice } from '../notice.ts';
import type {
  ExportSummary,
  FaceEntry,
  FaceStore,
  ImportSummary,
  NewFace,
  SearchableFace,
  StoreCursor,
  StoreVisitor,
} from '../store.ts';
import { quoteSubject } from '../subject.ts';
import { importFaces } from './export-reader.ts';
import { exportFaces } from './export-writer.ts';
import { type FaceRow, faceEntry, type SearchableRow, searchableFace } from './face-row.ts';
import { type FaceStatements, insertFace, prepareStatements } from './face-statements.ts';
import { discardIndexCache } from './index-cache.ts';
import { backupDatabase } from './sqlite-backup.ts';
import { type Connection, connect, whenUnlocked } from './sqlite-connection.ts';
import { galleryError, isBusy } from './sqlite-errors.ts';
import { type GalleryOrigin, readOrigin } from './sqlite-schema.ts';

export interface SqliteStoreOptions {
  readonly readOnly: boolean;
  /** How long a write waits for another process's, in ms. */
  readonly lockTimeoutMs: number;
  readonly onNotice: OnNotice;
}

/** {@link FaceStore} in one SQLite file, written ahead to a log, every commit synced. */
export class SqliteStore implements FaceStore {
  private readonly connection: Connection;
  private readonly statements: FaceStatements;
  private readonly origin: GalleryOrigin;
  private readonly dir: string;
  private readonly options: SqliteStoreOptions;
  private ownCommits = 0;
  private hasRemnants = true;

  /** @throws {FaceError} `GALLERY_NOT_FOUND`, `GALLERY_CORRUPT`, `GALLERY_VERSION`, `GALLERY_LOCKED`. */
  constructor(dir: string, options: SqliteStoreOptions) {
    this.dir = dir;
    this.options = options;
    this.connection = connect(dir, options);
    try {
      this.origin = readOrigin(this.connection.database, this.connection.file);
      this.statements = prepareStatements(this.connection.database);
    } catch (error) {
      this.connection.database.close();
      throw galleryError(error, this.connection.file);
    }
  }

  get space(): EmbeddingSpace {
    return this.origin.space;
  }

  get model(): string {
    return this.origin.model;
  }

  get readOnly(): boolean {
    return this.connection.readOnly;
  }

  version(): string {
    return this.read(() => `${this.connection.database.pragma('data_version', { simple: true })}.${this.ownCommits}`);
  }

  lastRemoval(): number {
    return this.read(() => this.statements.lastRemoval.get() ?? 0);
  }

  replay(since: StoreCursor, visitor: StoreVisitor): StoreCursor {
    const { facesSince, removalsSince } = this.statements;
    // one transaction, so that faces and removals are of one moment
    const replayAll = this.connection.database.transaction(() => {
      let { face, removal } = since;
      for (const row of facesSince.iterate(since.face)) {
        visitor.added(this.searchable(row));
        face = row.number;
      }
      for (const row of removalsSince.iterate(since.removal)) {
        visitor.removed(row.face);
        removal = row.number;
      }
      return { face, removal };
    });
    return this.read(replayAll);
  }

  find(subject: string, contentHash: string): FaceEntry | undefined {
    return this.read(() => {
      const row = this.statements.find.get(subject, contentHash);
      return row && this.entry(row);
    });
  }

  entriesOf(subject: string): FaceEntry[] {
    return this.read(() => this.statements.entriesOf.all(subject).map((row) => this.entry(row)));
  }

  facesOf(subject: string): SearchableFace[] {
    return this.read(() => this.statements.facesOf.all(subject).map((row) => this.searchable(row)));
  }

  subjects(): { subject: string; faces: number }[] {
    return this.read(() => this.statements.subjects.all());
  }

  insert(subject: string, face: NewFace): Promise<{ readonly id: string; readonly status: 'enrolled' | 'unchanged' }> {
    return this.write(() => insertFace(this.statements, subject, { face, time: new Date().toISOString() }));
  }

  async delete(subject: string, id?: string): Promise<number> {
    const removed = await this.write(() => this.deleteRows(subject, id ?? null));
    await this.dropRemnants({ timeoutMs: this.options.lockTimeoutMs });
    return removed;
  }

  exportTo(file: string): Promise<ExportSummary> {
    return exportFaces(this.dir, file);
  }

  async importFrom(file: string): Promise<ImportSummary> {
    this.assertWritable();
    return importFaces(this.dir, file, { lockTimeoutMs: this.options.lockTimeoutMs, onWait: this.tellWait });
  }

  backupTo(dir: string): Promise<void> {
    return backupDatabase(this.connection, dir);
  }

  async close(): Promise<void> {
    const { database, readOnly } = this.connection;
    if (!database.open) return;
    try {
      if (!readOnly && this.hasRemnants) this.truncateLog();
    } catch (error) {
      if (!isBusy(error)) throw galleryError(error, this.connection.file);
    } finally {
      database.close();
    }
  }

  private deleteRows(subject: string, id: string | null): number {
    const { statements } = this;
    const number = statements.subjectNumber.get(subject);
    if (number === undefined) {
      throw new FaceError('SUBJECT_NOT_FOUND', `The gallery has no subject ${quoteSubject(subject)}.`);
    }
    statements.bury.run(new Date().toISOString(), number, id, id);
    const { changes } = statements.deleteFaces.run(number, id, id);
    if (changes === 0) {
      throw new FaceError('FACE_ID_NOT_FOUND', `${quoteSubject(subject)} has no face ${JSON.stringify(id)}.`);
    }
    statements.deleteSubjectIfEmpty.run(number, number);
    // before the commit, so that no crash leaves the vectors of removed faces in the cache
    discardIndexCache(this.dir);
    this.hasRemnants = true;
    return changes;
  }

  /** Delete the cache, and empty the log, which still holds what was removed, once no reader needs it. */
  private async dropRemnants({ timeoutMs }: { readonly timeoutMs: number }): Promise<void> {
    try {
      // again: another process may have written a cache before it could see the commit; one that writes later sees it
      discardIndexCache(this.dir);
      await whenUnlocked(this.connection, () => this.truncateLog(), { timeoutMs });
      this.hasRemnants = false;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.options.onNotice({
        code: 'REMNANTS_PENDING',
        message: `Removed, but the log is not emptied yet: ${message}`,
      });
    }
  }

  private truncateLog(): void {
    const [outcome] = this.connection.database.pragma('wal_checkpoint(TRUNCATE)') as { readonly busy: number }[];
    if (outcome?.busy) throw Object.assign(new Error('a reader holds the log'), { code: 'SQLITE_BUSY' });
  }

  private async write<T>(work: () => T): Promise<T> {
    this.assertWritable();
    const transaction = this.connection.database.transaction(work);
    const { lockTimeoutMs: timeoutMs } = this.options;
    const result = await whenUnlocked(
      this.connection,
      () => {
        const done = transaction.immediate();
        this.ownCommits++;
        return done;
      },
      { timeoutMs, onWait: this.tellWait },
    );
    return result;
  }

  private readonly tellWait = (): void => {
    this.options.onNotice({
      code: 'LOCK_AWAITED',
      message: 'waiting for another process that writes to the gallery',
    });
  };

  private read<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw galleryError(error, this.connection.file);
    }
  }

  private assertWritable(): void {
    if (this.readOnly) {
      throw new FaceError('GALLERY_READ_ONLY', `${this.connection.file} was opened for reading only.`);
    }
  }

  private searchable(row: SearchableRow): SearchableFace {
    return searchableFace(row, this.origin.space.dimension, this.connection.file);
  }

  private entry(row: FaceRow): FaceEntry {
    return faceEntry(row, this.origin.space.dimension, this.connection.file);
  }
}
