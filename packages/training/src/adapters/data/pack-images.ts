import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FaceError } from '@kith/core';
import { imageName } from '../../people/image-list.ts';
import { personOf } from '../../people/person-of.ts';
import { systemCodeOf } from '../run/durable-file.ts';
import { type DecodeOptions, decodeIntoPack, type PackedImages } from './decode-into-pack.ts';
import type { PackRow } from './pack-format.ts';

export interface PackImagesOptions extends DecodeOptions {
  /** Holds a folder of images for each person; the folder's name is the person's, letters composed. */
  readonly folder: string;
  /** @param done - Of `total` images. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Make a pack of images whose crops are used as they are, in the order of their names; one that was stopped goes on.
 *
 * @throws {FaceError} `FILE_NOT_FOUND`; `TRAINING_DATA_UNFIT` without any image; `IMAGE_UNREADABLE` with a list of those that cannot
 * be decoded, once all were tried and unless they are skipped; `DISK_FULL`.
 */
export async function createPackFromImages(path: string, options: PackImagesOptions): Promise<PackedImages> {
  return packListed(path, listImages(options.folder), { ...options, from: options.folder });
}

/** Make a pack of images whose places are known. */
export function packListed(
  path: string,
  rows: readonly PackRow[],
  { folder, from, onProgress, ...options }: PackImagesOptions & { readonly from: string },
): Promise<PackedImages> {
  let done = 0;
  const images = (had: ReadonlySet<string>) => {
    const wanted = rows.filter(({ file }) => !had.has(file));
    done = rows.length - wanted.length;
    return wanted.map((row) => ({ row, content: join(folder, row.file) }));
  };
  return decodeIntoPack(path, { from, images, onImage: () => onProgress?.(++done, rows.length) }, options);
}

function listImages(folder: string): PackRow[] {
  const people = entriesOf(folder).filter((entry) => entry.isDirectory());
  const rows = people.flatMap(({ name }) =>
    entriesOf(join(folder, name))
      .filter((entry) => entry.isFile() && imageName.test(entry.name))
      .map(({ name: photo }) => `${name}/${photo}`)
      .map((file) => ({ person: personOf(file), file })),
  );
  if (rows.length === 0) {
    const expected = 'expected a folder of images for each person';
    throw new FaceError('TRAINING_DATA_UNFIT', `There is nothing to learn from in ${folder}: ${expected}, got none.`);
  }
  return rows;
}

/** The entries of a folder in the order of their names. */
function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error))) throw error;
    throw new FaceError('FILE_NOT_FOUND', `There is no folder ${folder}.`, { cause: error });
  }
}
