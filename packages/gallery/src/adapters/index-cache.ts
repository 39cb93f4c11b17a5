import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { syncFolder, syncPath, temporaryName } from './durable-file.ts';

/** The cache's folder in a gallery's folder. It may be deleted at any time. */
export const indexFolder = 'index';
const manifestName = 'manifest.json';
const manifestVersion = 1;

/** What a cached index must be to be believed. */
export interface IndexManifest {
  readonly version: number;
  readonly file: string;
  readonly sha256: string;
  readonly dimension: number;
  /** Vectors in the file, hidden ones too. */
  readonly count: number;
  /** Labels of the hidden ones. */
  readonly hidden: readonly number[];
}

/** Delete the cached index, and whatever writers left behind, if any; a writer at work may add files meanwhile. */
export function discardIndexCache(dir: string): void {
  rmSync(join(dir, indexFolder), { recursive: true, force: true, maxRetries: 5, retryDelay: 10 });
}

/**
 * The cached index's file and manifest, once the file's bytes are those that were written.
 *
 * @throws {Error} with the reason not to use it.
 */
export function readIndexCache(
  dir: string,
  dimension: number,
): { readonly path: string; readonly manifest: IndexManifest } {
  const manifest = readManifest(join(dir, indexFolder, manifestName));
  if (manifest.dimension !== dimension) {
    throw new Error(`the cached index is ${manifest.dimension}-d, the gallery ${dimension}-d`);
  }
  const path = join(dir, indexFolder, manifest.file);
  if (hashFile(path) !== manifest.sha256) throw new Error('the checksum of the cached index is wrong');
  return { path, manifest };
}

/**
 * Put a new index in the cache: written under a temporary name, checked, synced, renamed, and then named by the manifest.
 *
 * @param write - Writes the index to a path.
 * @param check - Reads the index back from the path; throws when it is not what was written.
 */
export function writeIndexCache(
  dir: string,
  {
    write,
    check,
    ...shape
  }: Pick<IndexManifest, 'dimension' | 'count' | 'hidden'> & {
    readonly write: (path: string) => void;
    readonly check: (path: string) => void;
  },
): void {
  const folder = join(dir, indexFolder);
  mkdirSync(folder, { recursive: true });
  const temporary = temporaryName(join(folder, 'faces.hnsw'));
  try {
    write(temporary);
    check(temporary);
    syncPath(temporary);
    const sha256 = hashFile(temporary);
    const file = `faces-${sha256.slice(0, 16)}.hnsw`;
    renameSync(temporary, join(folder, file));
    writeManifest(folder, { version: manifestVersion, file, sha256, ...shape });
    for (const name of readdirSync(folder)) {
      if (name !== file && name !== manifestName) rmSync(join(folder, name), { force: true });
    }
    syncFolder(folder);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function writeManifest(folder: string, manifest: IndexManifest): void {
  const path = join(folder, manifestName);
  const temporary = temporaryName(path);
  writeFileSync(temporary, JSON.stringify(manifest));
  syncPath(temporary);
  renameSync(temporary, path);
}

function readManifest(path: string): IndexManifest {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new Error('there is no cached index');
  }
  const manifest = parseManifest(text);
  if (
    manifest?.version !== manifestVersion ||
    !Array.isArray(manifest.hidden) ||
    !/^faces-[0-9a-f]{16}\.hnsw$/.test(manifest.file ?? '')
  ) {
    throw new Error('the manifest of the cached index is damaged');
  }
  return manifest as IndexManifest;
}

function parseManifest(text: string): Partial<IndexManifest> | undefined {
  try {
    return JSON.parse(text) as Partial<IndexManifest>;
  } catch {
    return undefined;
  }
}

function hashFile(path: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(1 << 20);
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    throw new Error('the file of the cached index is missing');
  }
  try {
    for (let bytes = readSync(descriptor, chunk); bytes > 0; bytes = readSync(descriptor, chunk)) {
      hash.update(chunk.subarray(0, bytes));
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}
