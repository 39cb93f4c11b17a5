/** Every way kith refuses, with what it means. The CLI, the service and the docs read this one table. */
export const errorCodes = {
  USAGE: 'The call itself is wrong: an unknown option, a value out of range.',
  FILE_NOT_FOUND: 'There is no such file.',
  IMAGE_UNREADABLE: 'The bytes are not an image that can be decoded.',
  IMAGE_UNSUPPORTED: 'The bytes are an image of a kind that is refused, such as SVG.',
  IMAGE_TOO_LARGE: 'The image has more pixels than the cap allows.',
  FACE_NOT_FOUND: 'No face was found where one is needed.',
  FACE_AMBIGUOUS: 'Several faces were found where one is needed.',
  FACE_QUALITY_LOW: 'The face is too small or too poor to be told from others.',
  LANDMARKS_DEGENERATE: 'The landmarks do not span a face.',
  EMBEDDING_ZERO: 'The network gave a vector without length or with values that are not finite.',
  SPACE_MISMATCH: 'Two embeddings, or a gallery and a model, are of different spaces.',
  SUBJECT_INVALID: 'The name cannot be a subject: empty, or longer than the cap.',
  SUBJECT_NOT_FOUND: 'The gallery has no such subject.',
  FACE_ID_NOT_FOUND: 'The subject has no enrolled face of that id.',
  GALLERY_NOT_FOUND: 'There is no gallery in that folder.',
  GALLERY_CORRUPT: 'The gallery is damaged.',
  GALLERY_LOCKED: 'Another process is writing to the gallery.',
  GALLERY_READ_ONLY: 'The gallery cannot be written to.',
  GALLERY_VERSION: 'The gallery was written by a newer kith.',
  EXPORT_MALFORMED: 'The file is not a whole kith export.',
  DISK_FULL: 'There is no room left on the disk.',
  WEIGHTS_CHECKSUM: 'A weight file is missing or is not the one that was published.',
  NETWORK_UNKNOWN: 'There is no network of that name.',
  NETWORK_INVALID: 'The table of a network does not fit together, or cannot be read.',
  WEIGHTS_MALFORMED: 'A weight file is cut short or is not of its format.',
  WEIGHTS_MISMATCH: 'Weights do not fit their network: a tensor is missing, too many or of another shape.',
  WEIGHTS_NOT_FINITE: 'Weights hold values that are not finite numbers.',
  MODEL_UNSUPPORTED: 'A model file is of a version, or uses an operation, that the runtime does not know.',
  MODEL_UNKNOWN: 'There is no model of that name.',
  RUNTIME_UNAVAILABLE: 'No runtime that can run the networks could be loaded.',
  RUNTIME_FAILED: 'The runtime failed while it ran a network.',
  PAIRS_MALFORMED: 'A pair list has a line that does not fit the format.',
  DATASET_INCOMPLETE: 'A data set lacks files, or has files that are not the published ones.',
  SOLVER_INVALID: 'The settings of a solver cannot be read, or do not go together.',
  TRAINING_DATA_UNFIT: 'There is nothing to learn from: no photo, one person only, or one photo a person.',
  TRAINING_DIVERGED: 'A number in training is not finite any more.',
  TRAINING_COLLAPSED: 'The embeddings have fallen together, or nothing is left to learn.',
  SNAPSHOT_CORRUPT: 'The snapshot of a training run is damaged.',
  SNAPSHOT_MISMATCH: 'The snapshot is of a run with other settings or other data.',
  RUN_LOCKED: 'Another process is training in the folder of the run.',
  CANCELLED: 'The caller cancelled the work.',
} as const;

export type ErrorCode = keyof typeof errorCodes;

export interface FaceErrorOptions {
  /** The error beneath, kept for the reader of a stack trace. */
  readonly cause?: unknown;
}

/** The only error kith throws on purpose: `code` is for programs, `message` says what, expected and got. */
export class FaceError extends Error {
  override readonly name = 'FaceError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, { cause }: FaceErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
