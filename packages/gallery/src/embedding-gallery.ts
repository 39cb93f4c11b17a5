import type { Embedding, EmbeddingSpace } from '@kith/core';
import type { ExportSummary, FaceEntry, ImportSummary, NewFace } from './store.ts';

/** The nearest face of a subject. */
export interface NearestFace {
  readonly subject: string;
  /** Squared L2, in [0, 4]. */
  readonly distance: number;
  /** Id of the face. */
  readonly id: string;
}

/** People under their embeddings: enroll, verify, identify, remove. It knows no photo and no threshold. */
export interface EmbeddingGallery {
  readonly space: EmbeddingSpace;
  /** Name of the model it was made with. */
  readonly model: string;
  readonly readOnly: boolean;
  /** Which index answers at this moment. */
  readonly index: 'exact' | 'hnsw';
  /** The face enrolled for a subject from a photo of that content, if any. */
  contains(subject: string, contentHash: string): FaceEntry | undefined;
  /**
   * Enroll a face; durable once resolved. A photo already enrolled for the subject, by content, is left as it is.
   *
   * @throws {FaceError} `SUBJECT_INVALID`, `SPACE_MISMATCH`, `EMBEDDING_ZERO`, `GALLERY_LOCKED`, `GALLERY_READ_ONLY`, `DISK_FULL`.
   */
  enroll(subject: string, face: NewFace): Promise<{ readonly id: string; readonly status: 'enrolled' | 'unchanged' }>;
  /**
   * Compare with all faces of a subject.
   *
   * @returns The nearest, and the number of faces compared with.
   * @throws {FaceError} `SUBJECT_NOT_FOUND`, `SPACE_MISMATCH`, `EMBEDDING_ZERO`.
   */
  verify(subject: string, embedding: Embedding): Promise<Omit<NearestFace, 'subject'> & { readonly faces: number }>;
  /**
   * Find the nearest subjects, each by its nearest face, nearest first; ties by name.
   *
   * @returns The subjects, and the number of faces in the gallery.
   * @throws {FaceError} `USAGE` when `top` is not a whole number of at least 1; `SPACE_MISMATCH`, `EMBEDDING_ZERO`.
   */
  identify(
    embedding: Embedding,
    options?: { readonly top?: number },
  ): Promise<{ readonly candidates: readonly NearestFace[]; readonly faces: number }>;
  /**
   * Remove a subject, or one of its faces, and every trace of the embeddings.
   *
   * @throws {FaceError} `SUBJECT_NOT_FOUND`, `FACE_ID_NOT_FOUND`, `GALLERY_LOCKED`, `GALLERY_READ_ONLY`, `DISK_FULL`.
   */
  remove(subject: string, id?: string): Promise<{ readonly removed: number }>;
  /** All subjects, in order of code points. */
  list(): readonly { readonly subject: string; readonly faces: number }[];
  /** @throws {FaceError} `SUBJECT_NOT_FOUND`. */
  show(subject: string): readonly FaceEntry[];
  /** Write everything, as of one moment, to one file. @throws {FaceError} `USAGE` for a file of the gallery's own, a pipe or a device; `DISK_FULL`, `GALLERY_READ_ONLY` where the file cannot be written. */
  exportTo(file: string): Promise<ExportSummary>;
  /**
   * Enroll everything of an export, all or nothing.
   *
   * @throws {FaceError} `FILE_NOT_FOUND`, `EXPORT_MALFORMED`, `SPACE_MISMATCH`, and what `enroll` throws.
   */
  importFrom(file: string): Promise<ImportSummary>;
  /** Copy the gallery, as of one moment, into a folder that is missing or empty. @throws {FaceError} `USAGE` when it is not. */
  backupTo(dir: string): Promise<void>;
  close(): Promise<void>;
}
