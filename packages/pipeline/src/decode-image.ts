import { constants, gunzipSync } from 'node:zlib';
import { FaceError, type Image } from '@kith/core';

import { decodeHeic } from './adapters/heic.ts';
import { decodeBySharp, decodeJpegReduced, photoSize } from './adapters/sharp.ts';
import { heifSize } from './heif-size.ts';
import { isSvg, type PhotoKind, photoKind } from './photo-kind.ts';
import { assertPhotoSize } from './photo-size.ts';

/** The most pixels a photo may have unless the caller says otherwise. */
export const defaultMaxPixels = 256e6;

export interface DecodeOptions {
  /** Refuse photos of more pixels than this; checked before anything is decoded. */
  readonly maxPixels?: number;
}

/**
 * Decode a photo: JPEG, PNG, WebP, AVIF, GIF and TIFF (first frame or page), HEIC. EXIF orientation is applied, every colour
 * space becomes 8-bit sRGB, transparent pixels are laid over white.
 *
 * @param bytes - The file's bytes; what they are is told from themselves.
 * @throws {FaceError} `IMAGE_UNREADABLE`, `IMAGE_UNSUPPORTED` (SVG) or `IMAGE_TOO_LARGE`.
 */
export async function decodeImage(
  bytes: Uint8Array,
  { maxPixels = defaultMaxPixels }: DecodeOptions = {},
): Promise<Image> {
  return decodeWhole(bytes, { ...(await inspect(bytes, maxPixels)), maxPixels });
}

/** A decoded photo of which each px is the mean of `factor` × `factor` px. */
export interface ReducedPhoto {
  readonly image: Image;
  readonly factor: number;
}

/** By how much a JPEG can be reduced while it is decoded. */
const jpegFactors = [8, 4, 2] as const;

/**
 * Decode a photo as {@link decodeImage} does; a JPEG is reduced on the way, as far as its longer side stays at least `sidePx`.
 *
 * @throws {FaceError} As {@link decodeImage}.
 */
export async function decodeOverview(
  bytes: Uint8Array,
  { maxPixels = defaultMaxPixels, sidePx }: DecodeOptions & { readonly sidePx: number },
): Promise<ReducedPhoto> {
  const inspected = await inspect(bytes, maxPixels);
  const factor = Math.max(inspected.width, inspected.height) / sidePx;
  return decodeInspected(bytes, { ...inspected, maxPixels, factor });
}

/**
 * Decode a photo as {@link decodeImage} does; a JPEG is reduced on the way, by no more than `factor`.
 *
 * @throws {FaceError} As {@link decodeImage}.
 */
export async function decodeReduced(
  bytes: Uint8Array,
  { maxPixels = defaultMaxPixels, factor }: DecodeOptions & { readonly factor: number },
): Promise<ReducedPhoto> {
  return decodeInspected(bytes, { ...(await inspect(bytes, maxPixels)), maxPixels, factor });
}

async function decodeInspected(
  bytes: Uint8Array,
  { kind, maxPixels, factor }: { readonly kind: PhotoKind; readonly maxPixels: number; readonly factor: number },
): Promise<ReducedPhoto> {
  const reduction = kind === 'jpeg' ? jpegFactors.find((offered) => offered <= factor) : undefined;
  if (reduction === undefined) return { image: await decodeWhole(bytes, { kind, maxPixels }), factor: 1 };
  return { image: await decodeJpegReduced(bytes, reduction), factor: reduction };
}

function decodeWhole(
  bytes: Uint8Array,
  { kind, maxPixels }: { readonly kind: PhotoKind; readonly maxPixels: number },
): Promise<Image> {
  return kind === 'heic' ? decodeHeic(bytes, { maxPixels }) : decodeBySharp(bytes);
}

/** Tell a photo's kind and size, and refuse what is none or too large, before anything is decoded. */
async function inspect(
  bytes: Uint8Array,
  maxPixels: number,
): Promise<{ readonly kind: PhotoKind } & Pick<Image, 'width' | 'height'>> {
  if (bytes.length === 0) throw new FaceError('IMAGE_UNREADABLE', 'The photo is empty: 0 bytes.');
  const kind = photoKind(bytes);
  if (kind === 'svg' || (kind === 'gzip' && isZippedSvg(bytes))) {
    throw new FaceError(
      'IMAGE_UNSUPPORTED',
      'An SVG is a drawing and may refer to other files: it is not read as a photo.',
    );
  }
  if (kind === 'unknown' || kind === 'gzip') {
    throw new FaceError(
      'IMAGE_UNREADABLE',
      'The bytes are no photo: expected JPEG, PNG, WebP, AVIF, HEIC, GIF or TIFF.',
    );
  }
  const size = await headerSize(bytes, kind);
  assertPhotoSize(size, maxPixels);
  return { kind, ...size };
}

async function headerSize(bytes: Uint8Array, kind: PhotoKind): Promise<Pick<Image, 'width' | 'height'>> {
  if (kind === 'heic') return heifSize(bytes) ?? { width: 0, height: 0 };
  // sharp needs a PNG's first data too; its size stands right behind the signature
  if (kind === 'png' && bytes.length >= 24) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return { width: view.getUint32(16), height: view.getUint32(20) };
  }
  return photoSize(bytes);
}

/** Unpacks a head only, so that a bomb stays small. */
function isZippedSvg(bytes: Uint8Array): boolean {
  try {
    return isSvg(gunzipSync(bytes.subarray(0, 4096), { finishFlush: constants.Z_SYNC_FLUSH }));
  } catch {
    return false;
  }
}
