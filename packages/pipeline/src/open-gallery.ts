import { type EmbeddingSpace, FaceError, formatSpace } from '@kith/core';
import {
  assertExport,
  type EmbeddingGallery,
  type ExportSummary,
  type FaceEntry,
  type GalleryNotice,
  type ImportSummary,
  openGalleryStore,
  readGalleryOrigin,
  readGallerySpace,
} from '@kith/gallery';
import {
  type Enrollment,
  type EnrollOptions,
  enrollPhoto,
  type Identification,
  type IdentifyOptions,
  identifyPhoto,
  type SubjectDecision,
  verifyPhoto,
} from './gallery-answers.ts';
import { defaultModel, modelForSpace, modelNames, spaceOfModel } from './models/index.ts';
import { type CompareOptions, openRecognizer, type Recognizer, type RecognizerOptions } from './recognizer.ts';

export interface GalleryOptions extends RecognizerOptions {
  /** Make the gallery where there is none; else that is `GALLERY_NOT_FOUND`. */
  readonly create?: boolean;
  readonly readOnly?: boolean;
  /** Told what the gallery does on its own and somebody may want to know of. */
  readonly onNotice?: (notice: GalleryNotice) => void;
}

/** People's faces in a folder: enroll photos, then ask who is on another. The model loads with the first photo. */
export interface Gallery {
  readonly space: EmbeddingSpace;
  /** Name of the model the gallery was made with. */
  readonly model: string;
  /** Load, once, the recogniser of the gallery's own model. */
  recognizer(): Promise<Recognizer>;
  /**
   * Enroll the one face of a photo; durable when it resolves, and no-op for a photo the subject has, by content.
   *
   * @throws {FaceError} As {@link Recognizer.face}, `SUBJECT_INVALID`, or one of the gallery's codes.
   */
  enroll(subject: string, photo: Uint8Array, options?: EnrollOptions): Promise<Enrollment>;
  /**
   * Decide whether a photo shows a subject, by all of the subject's faces.
   *
   * @throws {FaceError} As {@link Recognizer.face}, or `SUBJECT_NOT_FOUND`.
   */
  verify(subject: string, photo: Uint8Array, options?: CompareOptions): Promise<SubjectDecision>;
  /**
   * Decide who each face of a photo is, if anyone enrolled.
   *
   * @throws {FaceError} `FACE_NOT_FOUND`, or `FACE_QUALITY_LOW` when all faces are too small.
   */
  identify(photo: Uint8Array, options?: IdentifyOptions): Promise<Identification>;
  /**
   * Remove a subject, or one face of it.
   *
   * @throws {FaceError} `SUBJECT_NOT_FOUND` or `FACE_ID_NOT_FOUND`.
   */
  remove(subject: string, id?: string): Promise<{ readonly removed: number }>;
  /** List all subjects, in order of code points. */
  list(): readonly { readonly subject: string; readonly faces: number }[];
  /**
   * List a subject's faces, in order of enrolment.
   *
   * @throws {FaceError} `SUBJECT_NOT_FOUND`.
   */
  show(subject: string): readonly FaceEntry[];
  /** Write everything, as of one moment, to one file. */
  exportTo(file: string): Promise<ExportSummary>;
  /**
   * Enroll everything of an export, all or nothing.
   *
   * @throws {FaceError} `FILE_NOT_FOUND`, `EXPORT_MALFORMED` or `SPACE_MISMATCH`.
   */
  importFrom(file: string): Promise<ImportSummary>;
  /** Copy the gallery into a folder that is missing or empty. */
  backupTo(dir: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Open a gallery folder, or make one.
 *
 * @param model - For a new gallery; an old one remembers its own, and refuses another.
 * @throws {FaceError} `GALLERY_NOT_FOUND`, `GALLERY_CORRUPT`, `GALLERY_LOCKED`, `SPACE_MISMATCH`, or as {@link openRecognizer}.
 */
export async function openGallery(
  dir: string,
  { model, create = true, readOnly = false, onNotice, ...recognizing }: GalleryOptions = {},
): Promise<Gallery> {
  const asked = model === undefined ? undefined : spaceOfModel(model);
  const remembered = readGallerySpace(dir);
  if (!remembered && !create)
    throw new FaceError('GALLERY_NOT_FOUND', `There is no gallery in ${JSON.stringify(dir)}.`);
  const space = remembered ?? asked ?? spaceOfModel(defaultModel);
  assertGalleryModel(dir, { model });
  const store = await openGalleryStore(dir, {
    space,
    model: modelForSpace(space) ?? space.model,
    create,
    readOnly,
    ...(onNotice ? { onNotice } : {}),
  });
  return galleryOver(store, recognizerLoader(store, recognizing));
}

/**
 * Refuse a model that the gallery in a folder was not made with, before anything is read for it.
 *
 * @param model - What was asked for; left out it is the gallery's own.
 * @throws {FaceError} `SPACE_MISMATCH`, `MODEL_UNKNOWN`, `GALLERY_CORRUPT`.
 */
export function assertGalleryModel(dir: string, { model }: { readonly model?: string | undefined }): void {
  const asked = model === undefined ? undefined : spaceOfModel(model);
  const made = asked && readGalleryOrigin(dir);
  if (!made || formatSpace(made.space) === formatSpace(asked)) return;
  throw new FaceError(
    'SPACE_MISMATCH',
    `The gallery in ${JSON.stringify(dir)} was made with ${modelForSpace(made.space) ?? made.model}, not with ${model}; leave out --model, or name another --gallery.`,
  );
}

/**
 * Refuse an export that a gallery yet to be made could not import, so that none is left behind empty. Where there is a gallery
 * nothing is read: its own import is all or nothing.
 *
 * @param model - Of the gallery that would be made.
 * @throws {FaceError} `FILE_NOT_FOUND`, `EXPORT_MALFORMED`, `SPACE_MISMATCH` or `MODEL_UNKNOWN`.
 */
export async function assertImportable(
  dir: string,
  file: string,
  { model = defaultModel }: Pick<GalleryOptions, 'model'> = {},
): Promise<void> {
  if (!readGallerySpace(dir)) await assertExport(file, { space: spaceOfModel(model) });
}

interface RecognizerLoader {
  load(): Promise<Recognizer>;
  close(): Promise<void>;
}

/** Loads a recogniser of the gallery's own space, once, when first asked for; again after that failed. */
function recognizerLoader(
  { space, model }: Pick<EmbeddingGallery, 'space' | 'model'>,
  options: Omit<RecognizerOptions, 'model'>,
): RecognizerLoader {
  let loading: Promise<Recognizer> | undefined;
  const load = async () => {
    const name = modelForSpace(space);
    if (name !== undefined) return openRecognizer({ ...options, model: name });
    throw new FaceError(
      'SPACE_MISMATCH',
      `The gallery was made in the space ${formatSpace(space)} of the model ${model}, and no model here embeds into it: expected one of ${modelNames.map((known) => formatSpace(spaceOfModel(known))).join(', ')}. Use the kith that made it, or enroll the photos again in a new gallery.`,
    );
  };
  return {
    load: () => {
      loading ??= load().catch((error: unknown) => {
        loading = undefined;
        throw error;
      });
      return loading;
    },
    close: async () => (await loading?.catch(() => undefined))?.close(),
  };
}

function galleryOver(store: EmbeddingGallery, loader: RecognizerLoader): Gallery {
  const parts = { store, recognizer: loader.load };
  return {
    space: store.space,
    model: store.model,
    recognizer: loader.load,
    enroll: (subject, photo, options = {}) => enrollPhoto(parts, subject, { ...options, photo }),
    verify: (subject, photo, options = {}) => verifyPhoto(parts, subject, { ...options, photo }),
    identify: (photo, options = {}) => identifyPhoto(parts, { ...options, photo }),
    remove: (subject, id) => store.remove(subject, id),
    list: () => store.list(),
    show: (subject) => store.show(subject),
    exportTo: (file) => store.exportTo(file),
    importFrom: (file) => store.importFrom(file),
    backupTo: (folder) => store.backupTo(folder),
    close: async () => {
      try {
        await store.close();
      } finally {
        await loader.close();
      }
    },
  };
}
