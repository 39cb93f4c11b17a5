import { FaceError, type Image } from '@kith/core';
import type { OverlayOptions, Sharp } from 'sharp';

type SharpModule = typeof import('sharp').default;

let loading: Promise<SharpModule> | undefined;

/** Loaded with the first photo: commands that touch none start faster. */
function loadSharp(): Promise<SharpModule> {
  loading ??= import('sharp').then((module) => module.default);
  return loading;
}

/** The first page or frame only; a photo cut short or with broken data is refused, one with an odd tag is not. */
const reading = { failOn: 'error', pages: 1, limitInputPixels: false } as const;

/**
 * Read a photo's size from its header, decoding nothing.
 *
 * @throws {FaceError} `IMAGE_UNREADABLE` when the header makes no sense.
 */
export async function photoSize(bytes: Uint8Array): Promise<Pick<Image, 'width' | 'height'>> {
  try {
    const { width, height, pageHeight } = await (await loadSharp())(bytes, reading).metadata();
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
  return decodeWith(async (sharp) => sharp(bytes, { ...reading, autoOrient: true }));
}

/**
 * Decode a JPEG at a fraction of its size, by the shorter transforms that libjpeg has for it.
 *
 * @throws {FaceError} `IMAGE_UNREADABLE` when the data are broken or end early.
 */
export async function decodeJpegReduced(bytes: Uint8Array, factor: 2 | 4 | 8): Promise<Image> {
  return decodeWith(async (sharp) => {
    const photo = sharp(bytes, { ...reading, autoOrient: true });
    const { width, height } = (await photo.metadata()).autoOrient;
    return photo.resize(Math.ceil(width / factor), Math.ceil(height / factor), {
      fit: 'fill',
      fastShrinkOnLoad: true,
    });
  });
}

async function decodeWith(open: (sharp: SharpModule) => Promise<Sharp>): Promise<Image> {
  try {
    const photo = await open(await loadSharp());
    const { data, info } = await photo
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

/** One layer of a picture: an image scaled into a rectangle of whole px, or an SVG of the picture's own making. */
export type Layer =
  | {
      readonly image: Image;
      readonly left: number;
      readonly top: number;
      readonly width: number;
      readonly height: number;
    }
  | { readonly svg: string };

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly background?: string;
  /** From the bottom up. */
  readonly layers: readonly Layer[];
}

/** Lay images and drawings over each other. Images keep their shape; what their rectangle has to spare stays background. */
export async function renderPng({ width, height, background = '#ffffff', layers }: Drawing): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const inputs = await Promise.all(layers.map(renderLayer));
  return sharp({ create: { width, height, channels: 3, background } })
    .composite(inputs)
    .png()
    .toBuffer();
}

async function renderLayer(layer: Layer): Promise<OverlayOptions> {
  if ('svg' in layer) return { input: Buffer.from(layer.svg), left: 0, top: 0 };
  const { image, left, top, width, height } = layer;
  const sharp = await loadSharp();
  const raw = { width: image.width, height: image.height, channels: 3 as const };
  const { data, info } = await sharp(image.data, { raw, limitInputPixels: false })
    .resize(width, height, { fit: 'inside' })
    .png({ compressionLevel: 1 })
    .toBuffer({ resolveWithObject: true });
  return {
    input: data,
    left: left + Math.floor((width - info.width) / 2),
    top: top + Math.floor((height - info.height) / 2),
  };
}
