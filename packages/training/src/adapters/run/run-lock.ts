import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { FaceError } from '@kith/core';
import { systemCodeOf, writeError } from './durable-file.ts';

/** Who holds a lock. */
interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process began, where the system tells: a number of its own that a later process of the same id does not have. */
  readonly began: string | undefined;
}

/**
 * Take a folder for this process alone. What a killed process left is taken over.
 *
 * @param path - Of the lock's file.
 * @returns What gives it back.
 * @throws {FaceError} `RUN_LOCKED` when another process that lives, or one of another machine, holds it; `DISK_FULL`.
 */
export function takeLock(path: string): () => void {
  const own: Holder = { host: hostname(), pid: process.pid, began: beginningOf(process.pid) };
  const text = `${JSON.stringify(own)}\n`;
  while (!create(path, text)) {
    const held = readLock(path);
    if (held === undefined) continue;
    if (!isLeftOver(held)) throw locked(path, held);
    remove(path, held);
  }
  return () => {
    if (readLock(path) === text) rmSync(path, { force: true });
  };
}

function create(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    const told = writeError(error, path);
    // a full disk leaves an empty file, which would look like another's lock
    if (told !== error) rmSync(path, { force: true });
    throw told;
  }
}

/** Remove a lock that was judged; if another process has meanwhile taken it over, that one keeps it. */
function remove(path: string, judged: string): void {
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return;
    throw error;
  }
  const taken = readFileSync(aside, 'utf8');
  try {
    if (taken === judged) return;
    linkSync(aside, path);
  } finally {
    rmSync(aside);
  }
  throw locked(path, taken);
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isLeftOver(text: string): boolean {
  const { host, pid, began } = parse(text) ?? {};
  if (host !== hostname() || pid === undefined) return false;
  return !isAlive(pid) || beginningOf(pid) !== began;
}

function parse(text: string): Partial<Holder> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM';
  }
}

/** Linux tells it as the 22nd word of a line, counted from after the name in brackets. */
function beginningOf(pid: number): string | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function locked(path: string, text: string): FaceError {
  const { host = 'unknown', pid = 0 } = parse(text) ?? {};
  const who = `process ${pid} on ${host}`;
  return new FaceError('RUN_LOCKED', `${who} trains in this folder; if it does not, remove ${path}.`);
}
