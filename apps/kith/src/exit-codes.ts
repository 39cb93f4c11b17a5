import { type ErrorCode, FaceError } from '@kith/core';

/** What the exit code of `kith` tells; see docs/interfaces.md. */
export const exitCodes = {
  yes: 0,
  no: 1,
  usage: 2,
  image: 3,
  gallery: 4,
  fault: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const { usage, image, gallery, fault, interrupted } = exitCodes;

const byCode: Readonly<Record<ErrorCode, ExitCode>> = {
  USAGE: usage,
  SUBJECT_INVALID: usage,
  MODEL_UNKNOWN: usage,
  NETWORK_UNKNOWN: usage,
  NETWORK_INVALID: usage,
  FILE_NOT_FOUND: image,
  IMAGE_UNREADABLE: image,
  IMAGE_UNSUPPORTED: image,
  IMAGE_TOO_LARGE: image,
  FACE_NOT_FOUND: image,
  FACE_AMBIGUOUS: image,
  FACE_QUALITY_LOW: image,
  LANDMARKS_DEGENERATE: image,
  EMBEDDING_ZERO: image,
  SPACE_MISMATCH: gallery,
  SUBJECT_NOT_FOUND: gallery,
  FACE_ID_NOT_FOUND: gallery,
  GALLERY_NOT_FOUND: gallery,
  GALLERY_CORRUPT: gallery,
  GALLERY_LOCKED: gallery,
  GALLERY_READ_ONLY: gallery,
  GALLERY_VERSION: gallery,
  EXPORT_MALFORMED: gallery,
  DISK_FULL: gallery,
  WEIGHTS_CHECKSUM: fault,
  WEIGHTS_MALFORMED: fault,
  WEIGHTS_MISMATCH: fault,
  WEIGHTS_NOT_FINITE: fault,
  MODEL_UNSUPPORTED: fault,
  RUNTIME_UNAVAILABLE: fault,
  RUNTIME_FAILED: fault,
  PAIRS_MALFORMED: fault,
  DATASET_INCOMPLETE: fault,
  SOLVER_INVALID: fault,
  TRAINING_DATA_UNFIT: fault,
  TRAINING_DIVERGED: fault,
  TRAINING_COLLAPSED: fault,
  SNAPSHOT_CORRUPT: fault,
  SNAPSHOT_MISMATCH: fault,
  RUN_LOCKED: fault,
  CANCELLED: interrupted,
};

/** The exit code for an error; anything but a {@link FaceError} is a fault of ours. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof FaceError ? byCode[error.code] : fault;
}

/** Whether an error is about one photo, so that a batch goes on after it. */
export function isAboutPhoto(error: unknown): error is FaceError {
  return error instanceof FaceError && byCode[error.code] === image;
}
