export { replaceFile, writeError } from './durable-file.ts';
export { type EventWriter, openEventWriter } from './event-writer.ts';
export {
  openRunFolder,
  type RunDescription,
  type RunFolder,
  type RunFolderOptions,
  type RunTelling,
} from './run-folder.ts';
export { type RunLog, readRunLog } from './run-log.ts';
export type { RunIdentity, Snapshot } from './snapshot-format.ts';
export { openSnapshots, type SnapshotNotice, type Snapshots, type SnapshotsOptions } from './snapshots.ts';
export { createTerminalProgress, type ProgressOutput, type TerminalProgress } from './terminal-progress.ts';
