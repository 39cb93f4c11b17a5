import { type Image, identityAffine, type Shrunk, shrink } from '@kith/core';
import { type DecodeOptions, decodeImage, decodeOverview } from './decode-image.ts';

/** A photo's bytes as they come from a file, or its pixels where a caller has decoded it. */
export type Photo = Uint8Array | Image;

/** A photo in two sizes: one in which faces are found, and the whole, which is decoded only where a face needs it. */
export interface PhotoLevels {
  readonly overview: Shrunk;
  full(): Promise<Image>;
}

/** The longer side of an overview is from here on, where the photo's is, and below twice this. No detector looks closer. */
const overviewSidePx = 640;

/**
 * Read a photo at the size that detectors look at. A JPEG is decoded to that size at once, which takes a fraction of the time.
 *
 * @throws {FaceError} As {@link decodeImage}.
 */
export async function readLevels(photo: Photo, options: DecodeOptions): Promise<PhotoLevels> {
  if (!(photo instanceof Uint8Array)) return levelsOf(photo);
  const { image, factor } = await decodeOverview(photo, { ...options, sidePx: overviewSidePx });
  if (factor === 1) return levelsOf(image);
  // a px of the overview is the mean of a square of the whole's
  const middle = (factor - 1) / 2;
  const toOriginal = { a: factor, b: 0, c: middle, d: 0, e: factor, f: middle };
  return { overview: { image, toOriginal }, full: () => decodeImage(photo, options) };
}

function levelsOf(image: Image): PhotoLevels {
  return { overview: shrink(image, overviewSidePx), full: async () => image };
}

/** Whether an overview shows less than the photo. */
export function isReduced({ toOriginal }: Shrunk): boolean {
  return toOriginal !== identityAffine;
}
