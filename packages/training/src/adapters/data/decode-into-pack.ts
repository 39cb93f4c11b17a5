import { availableParallelism } from 'node:os';
import { FaceError, type Image } from '@kith/core';
import sharp from 'sharp';
import { createPack } from './create-pack.ts';
import type { PackIndex, PackRow } from './pack-format.ts';

/** What all ways to make a pack of images have in common. */
export interface DecodeOptions {
  /** Side of each face in the pack; an image that is not square gives its centred square. */
  readonly sidePx: number;
  readonly note?: string;
  /** Leave out what cannot be decoded, instead of refusing the whole. */
  readonly skipUnreadable?: boolean;
  /** Images decoded at a time, in sharp's threads. */
  readonly threads?: number;
}

/** An image that is not decoded yet. */
export interface EncodedImage {
  readonly row: PackRow;
  /** Where it lies, or its bytes, or why it has none. */
  readonly content: string | Uint8Array | Error;
}

export interface UnreadableImage {
  readonly file: string;
  readonly reason: string;
}

export interface PackedImages {
  readonly index: PackIndex;
  readonly unreadable: readonly UnreadableImage[];
}

interface Source {
  /** Where the images are from, for messages. */
  readonly from: string;
  /** The images that are wanted. @param had - The files that the pack has. */
  readonly images: (had: ReadonlySet<string>) => AsyncIterable<EncodedImage> | Iterable<EncodedImage>;
  /** Called after each image. */
  readonly onImage?: () => void;
}

/**
 * Decode images into a pack, in their order; one that was stopped goes on.
 *
 * @throws {FaceError} `TRAINING_DATA_UNFIT` without any image; `IMAGE_UNREADABLE` with a list of those that cannot be decoded, once all
 * were tried and unless they are skipped; `DISK_FULL`; and what the source throws, what is done being kept.
 */
export async function decodeIntoPack(
  path: string,
  { from, images, onImage }: Source,
  { sidePx, note = '', skipUnreadable = false, threads = availableParallelism() }: DecodeOptions,
): Promise<PackedImages> {
  const writer = createPack(path, { sidePx, note });
  try {
    const unreadable: UnreadableImage[] = [];
    const had = new Set(writer.rows.map(({ file }) => file));
    for await (const [row, image] of decodeInOrder(images(had), { sidePx, atOnce: threads })) {
      if (image instanceof Error) unreadable.push({ file: row.file, reason: image.message });
      else writer.append(image, row);
      onImage?.();
    }
    if (unreadable.length > 0 && !skipUnreadable) throw refuse(from, unreadable);
    if (writer.rows.length === 0) throw new FaceError('TRAINING_DATA_UNFIT', `No image in ${from} can be decoded.`);
    return { index: await writer.finish(), unreadable };
  } finally {
    writer.close();
  }
}

/** Decode several images at a time and give them in their order. */
async function* decodeInOrder(
  images: AsyncIterable<EncodedImage> | Iterable<EncodedImage>,
  { sidePx, atOnce }: { readonly sidePx: number; readonly atOnce: number },
): AsyncGenerator<[PackRow, Image | Error]> {
  const underway: [PackRow, Promise<Image | Error>][] = [];
  for await (const { row, content } of images) {
    underway.push([row, decodeSquare(content, sidePx)]);
    if (underway.length < atOnce) continue;
    const [first, image] = underway.shift()!;
    yield [first, await image];
  }
  for (const [row, image] of underway) yield [row, await image];
}

async function decodeSquare(content: EncodedImage['content'], sidePx: number): Promise<Image | Error> {
  if (content instanceof Error) return content;
  try {
    const data = await sharp(content, { failOn: 'error', pages: 1, autoOrient: true })
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

/** How many unreadable images a message names. */
const named = 10;

function refuse(from: string, unreadable: readonly UnreadableImage[]): FaceError {
  const list = unreadable.slice(0, named).map(({ file, reason }) => `${file} (${reason.split('\n')[0]})`);
  const more = unreadable.length > named ? `, and ${unreadable.length - named} more` : '';
  const message = `${unreadable.length} images in ${from} cannot be decoded: ${list.join(', ')}${more}. Skip them on purpose or mend them.`;
  return new FaceError('IMAGE_UNREADABLE', message);
}
