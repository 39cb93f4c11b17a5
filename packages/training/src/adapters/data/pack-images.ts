import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { FaceError, type Image } from '@kith/core';
import sharp from 'sharp';
import { systemCodeOf } from '../run/durable-file.ts';
import { createPack } from './create-pack.ts';
import type { PackIndex, PackRow } from './pack-format.ts';

export interface PackImagesOptions {
  /** Holds a folder of images for each person; the folder's name is the person's. */
  readonly folder: string;
  /** Side of each face in the pack; an image that is not square gives its centred square. */
  readonly sidePx: number;
  readonly note?: string;
  /** Leave out what cannot be decoded, instead of refusing the whole. */
  readonly skipUnreadable?: boolean;
  /** Images decoded at a time, in sharp's threads. */
  readonly threads?: number;
  /** @param done - Of `total` images. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface UnreadableImage {
  readonly file: string;
  readonly reason: string;
}

export interface PackedImages {
  readonly index: PackIndex;
  readonly unreadable: readonly UnreadableImage[];
}

const imageName = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i;

/**
 * Make a pack of images whose crops are used as they are, in the order of their names; one that was stopped goes on.
 *
 * @throws {FaceError} `FILE_NOT_FOUND`; `TRAINING_DATA_UNFIT` without any image; `IMAGE_UNREADABLE` with a list of those that cannot
 * be decoded, once all were tried and unless they are skipped; `DISK_FULL`.
 */
export async function createPackFromImages(path: string, options: PackImagesOptions): Promise<PackedImages> {
  const { folder, sidePx, note = '', skipUnreadable = false, onProgress } = options;
  const all = listImages(folder);
  const writer = createPack(path, { sidePx, note });
  try {
    const had = new Set(writer.rows.map(({ file }) => file));
    const wanted = all.filter(({ file }) => !had.has(file));
    const unreadable: UnreadableImage[] = [];
    let done = all.length - wanted.length;
    const decode = ({ file }: PackRow) => decodeSquare(join(folder, file), sidePx);
    for await (const [row, image] of inOrder(wanted, { decode, atOnce: options.threads ?? availableParallelism() })) {
      if (image instanceof Error) unreadable.push({ file: row.file, reason: image.message });
      else writer.append(image, row);
      onProgress?.(++done, all.length);
    }
    if (unreadable.length > 0 && !skipUnreadable) throw refuse(folder, unreadable);
    if (writer.rows.length === 0) throw new FaceError('TRAINING_DATA_UNFIT', `No image in ${folder} can be decoded.`);
    return { index: await writer.finish(), unreadable };
  } finally {
    writer.close();
  }
}

function listImages(folder: string): PackRow[] {
  const people = entriesOf(folder).filter((entry) => entry.isDirectory());
  const rows = people.flatMap(({ name: person }) =>
    entriesOf(join(folder, person))
      .filter((entry) => entry.isFile() && imageName.test(entry.name))
      .map(({ name }) => ({ person, file: `${person}/${name}` })),
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

async function decodeSquare(file: string, sidePx: number): Promise<Image | Error> {
  try {
    const data = await sharp(file, { failOn: 'error', pages: 1, autoOrient: true })
      .resize(sidePx, sidePx, { fit: 'cover' })
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer();
    return { width: sidePx, height: sidePx, data };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

interface DecodeOptions {
  readonly decode: (row: PackRow) => Promise<Image | Error>;
  readonly atOnce: number;
}

/** Decode several images at a time and give them in their order. */
async function* inOrder(
  rows: readonly PackRow[],
  { decode, atOnce }: DecodeOptions,
): AsyncGenerator<[PackRow, Image | Error]> {
  const underway: Promise<Image | Error>[] = [];
  for (let next = 0, given = 0; given < rows.length; given++) {
    while (next < rows.length && underway.length < atOnce) underway.push(decode(rows[next++]!));
    yield [rows[given]!, await underway.shift()!];
  }
}

/** How many unreadable images a message names. */
const named = 10;

function refuse(folder: string, unreadable: readonly UnreadableImage[]): FaceError {
  const list = unreadable.slice(0, named).map(({ file, reason }) => `${file} (${reason.split('\n')[0]})`);
  const more = unreadable.length > named ? `, and ${unreadable.length - named} more` : '';
  const message = `${unreadable.length} images in ${folder} cannot be decoded: ${list.join(', ')}${more}. Skip them on purpose or mend them.`;
  return new FaceError('IMAGE_UNREADABLE', message);
}
