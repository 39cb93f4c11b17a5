import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { LogRecord } from '../../report/log-record.ts';
import { replaceFile, systemCodeOf, writeError } from './durable-file.ts';

/** A run's log: a line of JSON for each record. */
export interface RunLog {
  /** Add a record. A number that is not finite is written as `null`. @throws {FaceError} `DISK_FULL`. */
  append(record: LogRecord): void;
  /** Drop what came after an iteration, since the run goes on from there and will tell it again. */
  cutBack(iteration: number): Promise<void>;
  /** Read all records. */
  records(): readonly LogRecord[];
  close(): void;
}

/** Open a log to write on. A last line that was cut short is dropped. */
export async function openRunLog(path: string): Promise<RunLog> {
  const rewrite = (keeps: (record: LogRecord) => boolean) => {
    const lines = linesOf(readFileSync(path, 'utf8')).filter((line) => keeps(parse(line)!));
    return replaceFile(path, lines.map((line) => `${line}\n`).join(''));
  };
  if (existsSync(path)) await rewrite(() => true);
  let descriptor = openSync(path, 'a');
  return {
    append(record) {
      const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
      const { size } = fstatSync(descriptor);
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
      } catch (error) {
        // no half a line stays for the next to be glued to
        ftruncateSync(descriptor, size);
        throw writeError(error, path);
      }
    },
    async cutBack(iteration) {
      closeSync(descriptor);
      try {
        await rewrite((record) => record.iteration <= iteration);
      } finally {
        descriptor = openSync(path, 'a');
      }
    },
    records: () => recordsOf(readFileSync(path, 'utf8')),
    close: () => closeSync(descriptor),
  };
}

/** Read the log of a run that may be going on. @returns Nothing where there is none. */
export async function readRunLog(path: string): Promise<readonly LogRecord[]> {
  try {
    return recordsOf(await readFile(path, 'utf8'));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function recordsOf(text: string): readonly LogRecord[] {
  return linesOf(text).map((line) => parse(line)!);
}

/** The lines that are whole. */
function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => parse(line) !== undefined);
}

function parse(line: string): LogRecord | undefined {
  try {
    const record: unknown = JSON.parse(line, (_, value) => (value === null ? Number.NaN : value));
    return typeof record === 'object' && record !== null && 'kind' in record && 'iteration' in record
      ? (record as LogRecord)
      : undefined;
  } catch {
    return undefined;
  }
}
