import { composeAffine, FaceError, type Image, identityAffine, type Shrunk, shrink } from '@kith/core';
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
  if (!(photo instanceof Uint8Array)) return levelsOf(asImage(photo));
  const overview = await decodeOverview(photo, { ...options, sidePx: overviewSidePx });
  if (overview.factor === 1) return levelsOf(overview.image);
  return {
    overview: shrunkTo(asShrunk(overview), overviewSidePx),
    closer: async (factor) => asShrunk(await decodeReduced(photo, { ...options, factor })),
  };
}

/** A JPEG of more than 10,240 px is not reduced far enough by its decoder. */
function shrunkTo({ image, toOriginal }: Shrunk, sidePx: number): Shrunk {
  const further = shrink(image, sidePx);
  return { image: further.image, toOriginal: composeAffine(further.toOriginal, toOriginal) };
}

/** @throws {FaceError} `USAGE` for what is no image. */
function asImage(photo: Image): Image {
  const { width, height, data } = (photo ?? {}) as Partial<Image>;
  const isWhole = Number.isInteger(width) && Number.isInteger(height) && width! > 0 && height! > 0;
  if (isWhole && data instanceof Uint8Array && data.length === width! * height! * 3) return photo;
  const got = data === undefined ? typeof photo : `${width} × ${height} px of ${data.length} numbers`;
  throw new FaceError('USAGE', `A photo is bytes or an RGB image of width × height × 3 bytes, got ${got}.`);
}

/** A px of a reduced photo is the mean of a square of the whole's. */
function asShrunk({ image, factor }: ReducedPhoto): Shrunk {
  const middle = (factor - 1) / 2;
  return { image, toOriginal: { a: factor, b: 0, c: middle, d: 0, e: factor, f: middle } };
}

function levelsOf(image: Image): PhotoLevels {
  return { overview: shrink(image, overviewSidePx), closer: async () => ({ image, toOriginal: identityAffine }) };
}
