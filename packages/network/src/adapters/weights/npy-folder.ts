import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceError } from '@kith/core';
import type { WeightTensor } from '../../weights.ts';
import { readNpy } from './npy.ts';

const extension = '.npy';

export interface NpyFolderOptions {
  /** What the folder is to hash to: sha256 over name, zero byte, length (8 bytes, little-endian) and content of its files, by name. */
  readonly sha256?: string;
}

/**
 * Read a folder of NumPy arrays.
 *
 * @returns By file name without `.npy`, in the order of the names.
 * @throws {FaceError} `FILE_NOT_FOUND` where there is no folder, no array in it or one that cannot be read, `WEIGHTS_MALFORMED`, `WEIGHTS_CHECKSUM` for other content.
 */
export async function readNpyFolder(
  folder: string,
  { sha256 }: NpyFolderOptions = {},
): Promise<ReadonlyMap<string, WeightTensor>> {
  const names = await npyFiles(folder);
  const files = await Promise.all(names.map(async (name) => ({ name, bytes: await readArray(join(folder, name)) })));
  const got = sha256 === undefined ? undefined : sha256Of(files);
  if (got !== sha256) {
    throw new FaceError('WEIGHTS_CHECKSUM', `The arrays in ${folder} have sha256 ${got}, expected ${sha256}.`);
  }
  return new Map(
    files.map(({ name, bytes }) => [name.slice(0, -extension.length), readNpy(bytes, { name: join(folder, name) })]),
  );
}

interface NpyFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function sha256Of(files: readonly NpyFile[]): string {
  const hash = createHash('sha256');
  for (const { name, bytes } of files) hash.update(`${name}\0`).update(lengthBytes(bytes.length)).update(bytes);
  return hash.digest('hex');
}

async function npyFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder).catch((cause: unknown) => {
    throw new FaceError('FILE_NOT_FOUND', `There is no folder of weights ${folder}.`, { cause });
  });
  const files = entries.filter((name) => name.endsWith(extension)).sort();
  if (files.length === 0) throw new FaceError('FILE_NOT_FOUND', `${folder} holds no ${extension} files.`);
  return files;
}

async function readArray(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new FaceError('FILE_NOT_FOUND', `The array ${path} cannot be read.`, { cause });
  }
}

function lengthBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  return bytes;
}
