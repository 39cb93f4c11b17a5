import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FaceError } from '@kith/core';
import { type ListedImage, parseImageList } from '../../people/image-list.ts';
import { systemCodeOf } from '../run/durable-file.ts';
import type { PackedImages } from './decode-into-pack.ts';
import { type PackImagesOptions, packListed } from './pack-images.ts';

export interface PackListOptions extends Omit<PackImagesOptions, 'folder'> {
  /** A file of lines as `parseImageList` reads them. */
  readonly list: string;
  /** What its paths are relative to; for one of LFW's lists of people, the folder that holds theirs. */
  readonly root: string;
}

/**
 * Make a pack of the images that a list names, in its order; one that was stopped goes on.
 *
 * @throws {FaceError} As `createPackFromImages`; `PAIRS_MALFORMED` with `list:line` for a line that does not fit; `DATASET_INCOMPLETE`
 * with the first line whose image is missing, before any is decoded.
 */
export async function createPackFromList(path: string, options: PackListOptions): Promise<PackedImages> {
  const { list, root, ...others } = options;
  const images = parseImageList(readList(list), { file: list });
  if (images.length === 0) throw new FaceError('TRAINING_DATA_UNFIT', `${list} names no image.`);
  assertThere(images, { list, root });
  const rows = images.map(({ path: file, person }) => ({ person, file }));
  return packListed(path, rows, { ...others, folder: root, from: list });
}

function readList(list: string): string {
  try {
    return readFileSync(list, 'utf8');
  } catch (cause) {
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCodeOf(cause))) throw cause;
    throw new FaceError('FILE_NOT_FOUND', `There is no list ${list}.`, { cause });
  }
}

function assertThere(
  images: readonly ListedImage[],
  { list, root }: { readonly list: string; readonly root: string },
): void {
  const isThere = ({ path }: ListedImage) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile() ?? false;
  const [first, ...others] = images.filter((image) => !isThere(image));
  if (!first) return;
  const more = others.length === 0 ? '' : `, nor are ${others.length} others of ${images.length}`;
  throw new FaceError('DATASET_INCOMPLETE', `${list}:${first.line}: ${first.path} is not in ${root}${more}.`);
}
