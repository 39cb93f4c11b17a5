import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceError } from '@kith/core';
import { makeFolder, replaceFile, systemCodeOf, temporaryEnding } from './durable-file.ts';
import { decodeSnapshot, encodeSnapshot, type RunIdentity, type Snapshot } from './snapshot-format.ts';

/** A snapshot that was passed over for an older one, and why. */
export interface SnapshotNotice {
  readonly file: string;
  readonly error: FaceError;
  /** The older one that was read instead. */
  readonly served: string;
}

export interface SnapshotsOptions extends RunIdentity {
  /** How many of the newest are kept, besides the best. */
  readonly keep?: number;
  /** Told of each damaged snapshot that was passed over. */
  readonly onNotice?: (notice: SnapshotNotice) => void;
}

/** The snapshots of one run, in a folder: `snapshot-<iteration>.safetensors` and `best.safetensors`. */
export interface Snapshots<State> {
  /**
   * Keep a snapshot; the oldest beyond `keep` go, as do those of later iterations, from which the run has gone back.
   *
   * @throws {FaceError} `DISK_FULL`, all that was there being kept.
   */
  save(snapshot: Snapshot<State> & { readonly isBest?: boolean }): Promise<void>;
  /**
   * Read the newest that is whole.
   *
   * @returns Nothing where none was ever kept.
   * @throws {FaceError} `SNAPSHOT_CORRUPT` when all are damaged, `SNAPSHOT_MISMATCH` when it is of another run.
   */
  newest(): Promise<Snapshot<State> | undefined>;
  /**
   * Read the best.
   *
   * @returns Nothing where none was kept as the best.
   * @throws {FaceError} `SNAPSHOT_CORRUPT`, `SNAPSHOT_MISMATCH`.
   */
  best(): Promise<Snapshot<State> | undefined>;
}

const bestFile = 'best.safetensors';
const pattern = /^snapshot-(\d+)\.safetensors$/;

/**
 * Open the snapshots in a folder. One process at a time may save.
 *
 * @param folder - Made at the first save where it is missing.
 */
export function openSnapshots<State = unknown>(folder: string, options: SnapshotsOptions): Snapshots<State> {
  const { keep = 3, onNotice } = options;
  if (!Number.isInteger(keep) || keep < 1) throw new FaceError('USAGE', `At least one snapshot is kept, got ${keep}.`);
  // what JSON gives back is what the same program put in
  const read = async (file: string) => (await readSnapshot(folder, file, options)) as Snapshot<State>;
  return {
    async save({ isBest = false, ...snapshot }) {
      await makeFolder(folder);
      const bytes = encodeSnapshot(snapshot, options);
      if (isBest) await replaceFile(join(folder, bestFile), bytes);
      await replaceFile(join(folder, fileOf(snapshot.iteration)), bytes);
      await prune(folder, { iteration: snapshot.iteration, keep });
    },
    async newest() {
      const names = await namesIn(folder);
      const files = [...newestFirst(names).map(fileOf), ...names.filter((name) => name === bestFile)];
      return firstWhole(folder, { files, read, onNotice });
    },
    async best() {
      return (await namesIn(folder)).includes(bestFile) ? read(bestFile) : undefined;
    },
  };
}

interface Candidates<State> {
  /** By preference. */
  readonly files: readonly string[];
  readonly read: (file: string) => Promise<Snapshot<State>>;
  readonly onNotice: SnapshotsOptions['onNotice'];
}

async function firstWhole<State>(
  folder: string,
  { files, read, onNotice }: Candidates<State>,
): Promise<Snapshot<State> | undefined> {
  const damaged: Omit<SnapshotNotice, 'served'>[] = [];
  for (const file of files) {
    try {
      const snapshot = await read(file);
      for (const notice of damaged) onNotice?.({ ...notice, served: join(folder, file) });
      return snapshot;
    } catch (error) {
      if (!(error instanceof FaceError) || error.code !== 'SNAPSHOT_CORRUPT') throw error;
      damaged.push({ file: join(folder, file), error });
    }
  }
  const [first] = damaged;
  if (first === undefined) return undefined;
  const message = `All ${damaged.length} snapshots in ${folder} are damaged: ${first.error.message} Remove them to start anew.`;
  throw new FaceError('SNAPSHOT_CORRUPT', message, { cause: first.error });
}

async function readSnapshot(folder: string, file: string, expected: RunIdentity): Promise<Snapshot> {
  const path = join(folder, file);
  const { configHash, dataHash, ...snapshot } = decodeSnapshot(await readFile(path), { name: path });
  const got: RunIdentity = { configHash, dataHash };
  const differing = (['configHash', 'dataHash'] as const).filter((key) => got[key] !== expected[key]);
  if (differing.length === 0) return snapshot;
  const words = { configHash: 'settings', dataHash: 'data' };
  const told = differing.map((key) => `other ${words[key]} (${key} ${got[key]}, expected ${expected[key]})`);
  throw new FaceError('SNAPSHOT_MISMATCH', `${path} is of a run with ${told.join(' and ')}.`);
}

/** Remove what is not among the newest up to this iteration, and what a killed save left. */
async function prune(folder: string, { iteration, keep }: { readonly iteration: number; readonly keep: number }) {
  const names = await namesIn(folder);
  const iterations = newestFirst(names);
  const kept = iterations.filter((other) => other <= iteration).slice(0, keep);
  const old = iterations.filter((other) => !kept.includes(other)).map(fileOf);
  const halves = names.filter((name) => name.endsWith(temporaryEnding));
  await Promise.all([...old, ...halves].map((name) => rm(join(folder, name), { force: true })));
}

function newestFirst(names: readonly string[]): readonly number[] {
  return names
    .flatMap((name) => pattern.exec(name)?.slice(1) ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

function fileOf(iteration: number): string {
  return `snapshot-${String(iteration).padStart(8, '0')}.safetensors`;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
