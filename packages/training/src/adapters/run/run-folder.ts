import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceError } from '@kith/core';
import type { TensorFlow } from '@kith/network/tfjs';
import type { LogRecord } from '../../report/log-record.ts';
import { makeFolder, replaceFile, systemCodeOf } from './durable-file.ts';
import { openEventWriter } from './event-writer.ts';
import { type Difference, differences, hashOf } from './run-config.ts';
import { takeLock } from './run-lock.ts';
import { openRunLog, type RunLog } from './run-log.ts';
import { openSnapshots, type Snapshots, type SnapshotsOptions } from './snapshots.ts';

/** What a run is, as `config.json` keeps it. */
export interface RunDescription {
  /** Settings, as JSON can hold them. */
  readonly config: object;
  /** Of the code it began with. */
  readonly gitCommit: string;
  /** sha256 of what is learnt from. */
  readonly dataHash: string;
}

/** How a folder of another run is told of. */
export interface RunTelling {
  /** What changes a setting, such as the option of a command. @param setting - Its path in the config, or `dataHash`. */
  causeOf(setting: string): string | undefined;
  /** What to do. */
  readonly remedy: string;
}

const plainly: RunTelling = { causeOf: () => undefined, remedy: 'Use the settings it has, or another folder.' };

export interface RunFolderOptions extends RunDescription, Pick<SnapshotsOptions, 'keep' | 'onNotice'> {
  /** Writes TensorBoard's events into `events/`, where it can. */
  readonly tf?: TensorFlow;
  readonly telling?: RunTelling;
}

/** A folder in which one run trains: `config.json`, `log.jsonl`, `snapshots/`, `events/`, and what is written besides. */
export interface RunFolder<State> {
  readonly dir: string;
  readonly configHash: string;
  /** What it began as; its commit may be another than today's. */
  readonly begun: RunDescription;
  readonly snapshots: Snapshots<State>;
  readonly log: RunLog;
  /** Add a record to the log and its numbers to TensorBoard's events. @throws {FaceError} `DISK_FULL`. */
  record(record: LogRecord): void;
  /** Write a file whole, such as `report.html`. @throws {FaceError} `DISK_FULL`. */
  write(name: string, content: string | Uint8Array): Promise<void>;
  /** Let another process train here. */
  close(): void;
}

/**
 * Open the folder of a run, made where it is missing, for this process alone.
 *
 * @throws {FaceError} `RUN_LOCKED` when another process trains in it, `SNAPSHOT_MISMATCH` when it is of other settings or data, telling
 * which; `DISK_FULL`.
 */
export async function openRunFolder<State = unknown>(
  dir: string,
  { config, gitCommit, dataHash, tf, telling = plainly, ...options }: RunFolderOptions,
): Promise<RunFolder<State>> {
  await makeFolder(dir);
  const unlock = takeLock(join(dir, 'lock'));
  try {
    const begun = await begin(join(dir, 'config.json'), { now: { config, gitCommit, dataHash }, telling });
    const log = await openRunLog(join(dir, 'log.jsonl'));
    const events = tf && openEventWriter(tf, join(dir, 'events'));
    const configHash = hashOf(config);
    return {
      dir,
      configHash,
      begun,
      snapshots: openSnapshots(join(dir, 'snapshots'), { configHash, dataHash, ...options }),
      log,
      record(record) {
        log.append(record);
        events?.write(record);
      },
      write: (name, content) => replaceFile(join(dir, name), content),
      close() {
        log.close();
        events?.flush();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function begin(
  path: string,
  { now, telling }: { readonly now: RunDescription; readonly telling: RunTelling },
): Promise<RunDescription> {
  const before = await readDescription(path);
  if (before === undefined) {
    await replaceFile(path, `${JSON.stringify(now, undefined, 2)}\n`);
    return now;
  }
  const told = [...differences(now.config, before.config), ...differences(now.dataHash, before.dataHash, 'dataHash')];
  if (told.length === 0) return before;
  const message = `${path} is of another run: ${textOf(told, telling)}. ${telling.remedy}`;
  throw new FaceError('SNAPSHOT_MISMATCH', message);
}

/** Each cause once, with the settings that it changed. */
function textOf(told: readonly Difference[], { causeOf }: RunTelling): string {
  const causes = [...new Set(told.map(({ setting }) => causeOf(setting)))];
  const texts = causes.map((cause) => {
    const own = told.filter(({ setting }) => causeOf(setting) === cause).map(({ text }) => text);
    return cause === undefined ? own.join('; ') : `${cause} (${own.join(', ')})`;
  });
  return texts.join('; ');
}

async function readDescription(path: string): Promise<RunDescription | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
