import { type ErrorCode, FaceError } from '@kith/core';

/** What the exit code tells; the CLI's, see docs/interfaces.md. */
export const exitCodes = {
  done: 0,
  no: 1,
  usage: 2,
  data: 3,
  storage: 4,
  fault: 70,
  interrupted: 130,
  terminated: 143,
} as const;

const aboutData: readonly ErrorCode[] = [
  'DATASET_INCOMPLETE',
  'IMAGE_UNREADABLE',
  'IMAGE_TOO_LARGE',
  'IMAGE_UNSUPPORTED',
  'TRAINING_DATA_UNFIT',
];
/** Training that came to nothing. */
const aboutOutcome: readonly ErrorCode[] = ['TRAINING_COLLAPSED', 'TRAINING_DIVERGED'];
const aboutUsage: readonly ErrorCode[] = [
  'USAGE',
  'FILE_NOT_FOUND',
  'PAIRS_MALFORMED',
  'MODEL_UNKNOWN',
  'SOLVER_INVALID',
  'SNAPSHOT_MISMATCH',
  'SPACE_MISMATCH',
];
const aboutStorage: readonly ErrorCode[] = ['DISK_FULL', 'RUN_LOCKED', 'SNAPSHOT_CORRUPT'];

/** The exit code for an error; anything but a {@link FaceError} is a fault of ours. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof FaceError)) return exitCodes.fault;
  if (error.code === 'CANCELLED') return exitCodes.interrupted;
  if (aboutOutcome.includes(error.code)) return exitCodes.no;
  if (aboutUsage.includes(error.code)) return exitCodes.usage;
  if (aboutStorage.includes(error.code)) return exitCodes.storage;
  return aboutData.includes(error.code) ? exitCodes.data : exitCodes.fault;
}
