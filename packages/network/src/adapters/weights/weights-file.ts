import { createHash, randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { FaceError } from '@kith/core';
import type { Weights } from '../../weights.ts';
import { decodeSafetensors, type EncodeOptions, encodeSafetensors } from './safetensors.ts';
import { parseManifest, type WeightsManifest, type WeightsNotes } from './weights-manifest.ts';

const extension = '.safetensors';

/** The manifest's file, beside its weights: `net.safetensors.json` of `net.safetensors`. */
export function manifestPath(path: string): string {
  if (!path.endsWith(extension)) {
    throw new FaceError('USAGE', `A file of weights is named …${extension}, got ${basename(path)}.`);
  }
  return `${path}.json`;
}

export interface WriteWeightsOptions extends EncodeOptions {
  readonly manifest: WeightsNotes;
}

/**
 * Write weights as a safetensors file with a manifest beside it. A crash leaves the old files or the new ones; one between the two
 * renames leaves a pair that `readWeights` refuses.
 *
 * @param path - Ends in `.safetensors`.
 * @param manifest - Whose they are and where they come from; the rest is filled in.
 * @throws {FaceError} `USAGE` for another name, `WEIGHTS_NOT_FINITE` for what half precision cannot hold, `WEIGHTS_MALFORMED` for a manifest that lacks a field, `FILE_NOT_FOUND` where there is no
 *   such folder, `DISK_FULL`.
 */
export async function writeWeights(
  path: string,
  weights: Weights,
  { manifest: notes, precision }: WriteWeightsOptions,
): Promise<WeightsManifest> {
  const bytes = encodeSafetensors({ weights, metadata: { network: notes.network } }, precision ? { precision } : {});
  const manifest: WeightsManifest = {
    format: 1,
    ...notes,
    file: basename(path),
    bytes: bytes.length,
    sha256: sha256Of(bytes),
  };
  const text = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
  // what could not be read back is not written
  parseManifest(text, manifestPath(path));
  try {
    await replaceFiles([
      { path, bytes },
      { path: manifestPath(path), bytes: text },
    ]);
  } catch (cause) {
    throw writingError(path, cause);
  }
  return manifest;
}

/**
 * Read weights and their manifest.
 *
 * @param path - Ends in `.safetensors`.
 * @throws {FaceError} `FILE_NOT_FOUND`, `WEIGHTS_CHECKSUM` when the file is cut short or altered, `WEIGHTS_MALFORMED`,
 *   `WEIGHTS_MISMATCH` when file and manifest name two networks, `USAGE` for another file name; whether the weights fit a network and
 *   are finite says `assertWeightsFit`.
 */
export async function readWeights(
  path: string,
): Promise<{ readonly weights: Weights; readonly manifest: WeightsManifest }> {
  const manifest = parseManifest(await readPart(manifestPath(path)), manifestPath(path));
  const bytes = await readPart(path);
  const got = sha256Of(bytes);
  if (got !== manifest.sha256) {
    throw new FaceError(
      'WEIGHTS_CHECKSUM',
      `${path} is not what its manifest tells of: expected ${manifest.bytes} bytes of sha256 ${manifest.sha256}, got ${bytes.length} of ${got}.`,
    );
  }
  const { weights, metadata } = decodeSafetensors(bytes, { name: path });
  if (metadata.network === manifest.network) return { weights, manifest };
  throw new FaceError(
    'WEIGHTS_MISMATCH',
    `${path} holds weights of ${metadata.network ?? 'an unnamed network'}, expected ${manifest.network} as its manifest says.`,
  );
}

function writingError(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return new FaceError('FILE_NOT_FOUND', `There is no folder ${dirname(path)}.`, { cause });
  if (code === 'ENOSPC') return new FaceError('DISK_FULL', `There is no room for ${path}.`, { cause });
  return cause;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function readPart(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new FaceError('FILE_NOT_FOUND', `The weights ${path} cannot be read.`, { cause });
  }
}

interface NewFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Put files of one folder in place: all are on the disk whole before the first takes its name. */
async function replaceFiles(files: readonly NewFile[]): Promise<void> {
  const ready = files.map(({ path, bytes }) => ({ path, bytes, temporary: `${path}.${randomUUID()}.tmp` }));
  try {
    for (const { temporary, bytes } of ready) await writeSynced(temporary, bytes);
    for (const { temporary, path } of ready) await rename(temporary, path);
  } catch (error) {
    await Promise.all(ready.map(({ temporary }) => rm(temporary, { force: true })));
    throw error;
  }
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) await syncFolder(folder);
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Make renames in a folder outlive a power cut, where the system can: Windows cannot open folders. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
