import { type Image, identityAffine, type Shrunk, shrink } from '@kith/core';
import { type DecodeOptions, decodeOverview, decodeReduced, type ReducedPhoto } from './decode-image.ts';

/** A photo's bytes as they come from a file, or its pixels where a caller has decoded it. */
export type Photo = Uint8Array | Image;

/** A photo in several sizes: one in which faces are found, and larger ones, which are decoded only where a face needs them. */
export interface PhotoLevels {
  readonly overview: Shrunk;
  /** The photo, a px of it at most `factor` px of the whole. */
  closer(factor: number): Promise<Shrunk>;
}

/** The longer side of an overview is from here on, where the photo's is, and below twice this. No detector looks closer. */
const overviewSidePx = 640;

/**
 * Read a photo at the size that detectors look at. A JPEG is decoded to that size at once, which takes a fraction of the time.
 *
 * @throws {FaceError} As `decodeImage`.
 */
export async function readLevels(photo: Photo, options: DecodeOptions): Promise<PhotoLevels> {
  if (!(photo instanceof Uint8Array)) return levelsOf(photo);
  const overview = await decodeOverview(photo, { ...options, sidePx: overviewSidePx });
  if (overview.factor === 1) return levelsOf(overview.image);
  return {
    overview: asShrunk(overview),
    closer: async (factor) => asShrunk(await decodeReduced(photo, { ...options, factor })),
  };
}

/** A px of a reduced photo is the mean of a square of the whole's. */
function asShrunk({ image, factor }: ReducedPhoto): Shrunk {
  const middle = (factor - 1) / 2;
  return { image, toOriginal: { a: factor, b: 0, c: middle, d: 0, e: factor, f: middle } };
}

function levelsOf(image: Image): PhotoLevels {
  return { overview: shrink(image, overviewSidePx), closer: async () => ({ image, toOriginal: identityAffine }) };
}
