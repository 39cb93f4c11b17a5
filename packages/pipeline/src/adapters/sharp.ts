import { FaceError, type Image } from '@kith/core';
import sharp from 'sharp';

/** The first page or frame only; a photo cut short or with broken data is refused, one with an odd tag is not. */
const reading = { failOn: 'error', pages: 1, limitInputPixels: false } as const;

/**
 * Read a photo's size from its header, decoding nothing.
 *
 * @throws {FaceError} `IMAGE_UNREADABLE` when the header makes no sense.
 */
export async function photoSize(bytes: Uint8Array): Promise<Pick<Image, 'width' | 'height'>> {
  try {
    const { width, height, pageHeight } = await sharp(bytes, reading).metadata();
    return { width, height: pageHeight ?? height };
  } catch (cause) {
    throw unreadable(cause);
  }
}

/**
 * Decode a photo by sharp: upright by its EXIF orientation, in 8-bit sRGB whatever it was in, transparent pixels over white.
 *
 * @throws {FaceError} `IMAGE_UNREADABLE` when the data are broken or end early.
 */
export async function decodeBySharp(bytes: Uint8Array): Promise<Image> {
  try {
    const { data, info } = await sharp(bytes, { ...reading, autoOrient: true })
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`expected 3 channels, got ${info.channels}`);
    return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause: unknown): FaceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FaceError('IMAGE_UNREADABLE', `The photo cannot be decoded: ${reason.split('\n')[0]!.trim()}.`, { cause });
}
