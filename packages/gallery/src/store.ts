import type { Box, Embedding, EmbeddingSpace, Landmarks } from '@kith/core';

/** One face to enroll. */
export interface NewFace {
  readonly embedding: Embedding;
  /** SHA-256 of the photo's bytes, 64 lower-case hex digits. */
  readonly contentHash: string;
  /** The photo's file name, for people to read; never opened. */
  readonly file: string;
  /** Px of the photo. */
  readonly box: Box;
  /** Px of the photo. */
  readonly landmarks: Landmarks;
  /** As the pipeline measured it; finite. */
  readonly quality: number;
}

/** One enrolled face, as the gallery tells of it. */
export interface FaceEntry {
  /** 16 hex digits, the same for the same subject and photo in every gallery. */
  readonly id: string;
  readonly subject: string;
  readonly contentHash: string;
  readonly file: string;
  readonly box: Box;
  readonly landmarks: Landmarks;
  readonly quality: number;
  /** When it was enrolled, ISO 8601, UTC. */
  readonly time: string;
}

/** The part of an enrolled face that searches need. */
export interface SearchableFace {
  /** Grows with every enrolment and is never given twice. */
  readonly number: number;
  readonly id: string;
  readonly subject: string;
  readonly embedding: Embedding;
}

/** How far a reader has followed the store's history. */
export interface StoreCursor {
  readonly face: number;
  readonly removal: number;
}

export interface StoreVisitor {
  added(face: SearchableFace): void;
  removed(number: number): void;
}

/** What an import did. */
export interface ImportSummary {
  readonly enrolled: number;
  readonly unchanged: number;
}

/** What an export holds. */
export interface ExportSummary {
  readonly subjects: number;
  readonly faces: number;
}

/**
 * Port: the truth about who is enrolled. Reads answer what is committed, by whatever process; writes are durable when they resolve.
 *
 * Every method throws {@link FaceError} with `GALLERY_CORRUPT` where stored data is damaged; writes also with
 * `GALLERY_LOCKED`, `GALLERY_READ_ONLY` and `DISK_FULL`.
 */
export interface FaceStore {
  readonly space: EmbeddingSpace;
  /** Name of the model that made the gallery, for people to read. */
  readonly model: string;
  readonly readOnly: boolean;
  /** Changes with every commit, by whatever process. Cheap. */
  version(): string;
  /** Number of the latest removal. */
  lastRemoval(): number;
  /** Tell the visitor what was added and removed since the cursor; the same number may be removed without having been added. */
  replay(since: StoreCursor, visitor: StoreVisitor): StoreCursor;
  find(subject: string, contentHash: string): FaceEntry | undefined;
  /** In order of enrolment; empty for an unknown subject. */
  entriesOf(subject: string): readonly FaceEntry[];
  /** In order of enrolment; empty for an unknown subject. */
  facesOf(subject: string): readonly SearchableFace[];
  /** In order of code points. */
  subjects(): readonly { readonly subject: string; readonly faces: number }[];
  insert(subject: string, face: NewFace): Promise<{ readonly id: string; readonly status: 'enrolled' | 'unchanged' }>;
  /** Delete a subject's faces, or the one of an id, and every trace of their embeddings. */
  delete(subject: string, id?: string): Promise<number>;
  exportTo(file: string): Promise<ExportSummary>;
  importFrom(file: string): Promise<ImportSummary>;
  backupTo(dir: string): Promise<void>;
  close(): Promise<void>;
}
