import { closeSync, openSync, readSync } from 'node:fs';
import { FaceError, type Image } from '@kith/core';
import { hashFile } from './hash-file.ts';
import { faceBytes, type PackIndex, packFiles, readPackIndex, sizeOf } from './pack-format.ts';

/** A finished pack of faces. */
export interface Pack extends Omit<PackIndex, 'labels'> {
  readonly pixelsFile: string;
  readonly count: number;
  /** Index in `people` of each face. Shape `[count]`. */
  readonly labels: Int32Array;
}

export interface OpenPackOptions {
  /** Also compare the pixels with the hash in the index, which reads them all. */
  readonly checkHash?: boolean;
}

/**
 * Read a pack's index and see that its pixels are all there.
 *
 * @param path - With or without an ending.
 * @throws {FaceError} `FILE_NOT_FOUND`; `DATASET_INCOMPLETE` when the files are not of one pack.
 */
export async function openPack(path: string, { checkHash = false }: OpenPackOptions = {}): Promise<Pack> {
  const { pixels: pixelsFile, index: indexFile } = packFiles(path);
  const index = readPackIndex(indexFile);
  const count = index.labels.length;
  const expected = count * faceBytes(index.sidePx);
  const got = sizeOf(pixelsFile);
  if (got !== expected) {
    const faces = `${count} faces of ${index.sidePx} px`;
    throw new FaceError('DATASET_INCOMPLETE', `${pixelsFile} is to hold ${faces}, ${expected} bytes, got ${got}.`);
  }
  if (checkHash && (await hashFile(pixelsFile)) !== index.sha256) {
    throw new FaceError(
      'DATASET_INCOMPLETE',
      `${pixelsFile} is not what was written: its SHA-256 is not that of ${indexFile}.`,
    );
  }
  return { ...index, labels: Int32Array.from(index.labels), pixelsFile, count };
}

/** Read faces of a pack. */
export function readFaces(
  { pixelsFile, sidePx }: Pick<Pack, 'pixelsFile' | 'sidePx'>,
  rows: Iterable<number>,
): Image[] {
  const descriptor = openSync(pixelsFile, 'r');
  try {
    return Array.from(rows, (row) => ({
      width: sidePx,
      height: sidePx,
      data: readFace(descriptor, { row, into: new Uint8Array(faceBytes(sidePx)), file: pixelsFile }),
    }));
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Read the pixels of one face.
 *
 * @param into - As long as a face.
 * @throws {FaceError} `DATASET_INCOMPLETE` when the file ends before.
 */
export function readFace(
  descriptor: number,
  { row, into, file }: { readonly row: number; readonly into: Uint8Array; readonly file: string },
): Uint8Array {
  for (let done = 0; done < into.length; ) {
    const read = readSync(descriptor, into, done, into.length - done, row * into.length + done);
    if (read === 0) throw new FaceError('DATASET_INCOMPLETE', `${file} ends before face ${row}.`);
    done += read;
  }
  return into;
}
