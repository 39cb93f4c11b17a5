import { type Affine, scaleOf } from './geometry.ts';
import type { Image } from './image.ts';

/** What lies beyond the image's frame: black, or the nearest pixel of the frame. */
export type Beyond = 'black' | 'edge';

export interface WarpOptions {
  readonly beyond?: Beyond;
}

/** Above this many samples a side, shrinking reads no further pixels: a cap on the work a hostile photo can ask for. */
const maxSamplesPerSide = 16;

/**
 * Sample an image through an affine transform: bilinear, and averaged over a grid of samples where it shrinks.
 *
 * @param image - Source.
 * @param toImage - From px of the result to px of the source.
 * @param size - Size of the result in px.
 * @returns RGB in 0–255, not rounded. Shape `[height, width, 3]`.
 */
export function sampleAffine(
  image: Image,
  toImage: Affine,
  { width, height, beyond = 'black' }: { readonly width: number; readonly height: number } & WarpOptions,
): Float32Array {
  const samples = Math.min(maxSamplesPerSide, Math.max(1, Math.round(scaleOf(toImage))));
  const share = 1 / (samples * samples);
  const out = new Float32Array(width * height * 3);
  const source: Source = { ...image, isClamped: beyond === 'edge' };
  for (let s = 0; s < samples * samples; s++) {
    // where in each target pixel this round of samples lies
    const du = ((s % samples) + 0.5) / samples - 0.5;
    const dv = (Math.floor(s / samples) + 0.5) / samples - 0.5;
    addSamples(out, source, { toImage, width, height, du, dv, share });
  }
  return out;
}

interface Source extends Image {
  /** Whether places beyond the frame take its nearest pixel. */
  readonly isClamped: boolean;
}

interface Round {
  readonly toImage: Affine;
  readonly width: number;
  readonly height: number;
  readonly du: number;
  readonly dv: number;
  readonly share: number;
}

/** Add one sample a pixel, weighted by its share. */
function addSamples(out: Float32Array, source: Source, { toImage, width, height, du, dv, share }: Round): void {
  const { a, b, c, d, e, f } = toImage;
  const { data, isClamped } = source;
  const lastX = source.width - 1;
  const lastY = source.height - 1;
  const row = source.width * 3;
  for (let v = 0, o = 0; v < height; v++) {
    const rowX = b * (v + dv) + c;
    const rowY = e * (v + dv) + f;
    for (let u = 0; u < width; u++, o += 3) {
      const x = a * (u + du) + rowX;
      const y = d * (u + du) + rowY;
      if (!(x >= 0 && y >= 0 && x < lastX && y < lastY)) {
        const isSeen = isClamped || (x > -1 && y > -1 && x < source.width && y < source.height);
        if (isSeen) addAtEdge(out, o, { source, x, y, share });
        continue;
      }
      // within the frame: the four pixels around, and no question whether they are there
      const x0 = x | 0;
      const y0 = y | 0;
      const right = x - x0;
      const lower = (y - y0) * share;
      const upper = share - lower;
      const upperLeft = (1 - right) * upper;
      const upperRight = right * upper;
      const lowerLeft = (1 - right) * lower;
      const lowerRight = right * lower;
      const i = y0 * row + x0 * 3;
      const j = i + row;
      out[o]! += upperLeft * data[i]! + upperRight * data[i + 3]! + lowerLeft * data[j]! + lowerRight * data[j + 3]!;
      out[o + 1]! +=
        upperLeft * data[i + 1]! + upperRight * data[i + 4]! + lowerLeft * data[j + 1]! + lowerRight * data[j + 4]!;
      out[o + 2]! +=
        upperLeft * data[i + 2]! + upperRight * data[i + 5]! + lowerLeft * data[j + 2]! + lowerRight * data[j + 5]!;
    }
  }
}

interface Place {
  readonly source: Source;
  readonly x: number;
  readonly y: number;
  readonly share: number;
}

/** Add a sample at or beyond the frame's edge: pixels that are not there are black, or with `isClamped` the nearest that is. */
function addAtEdge(out: Float32Array, o: number, place: Place): void {
  const { width, height, data, isClamped } = place.source;
  const x = isClamped ? Math.min(Math.max(place.x, 0), width - 1) : place.x;
  const y = isClamped ? Math.min(Math.max(place.y, 0), height - 1) : place.y;
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  for (let corner = 0; corner < 4; corner++) {
    const cx = x0 + (corner & 1);
    const cy = y0 + (corner >> 1);
    const weight = (corner & 1 ? x - x0 : 1 - x + x0) * (corner >> 1 ? y - y0 : 1 - y + y0) * place.share;
    if (weight === 0 || cx < 0 || cy < 0 || cx >= width || cy >= height) continue;
    const from = (cy * width + cx) * 3;
    out[o]! += weight * data[from]!;
    out[o + 1]! += weight * data[from + 1]!;
    out[o + 2]! += weight * data[from + 2]!;
  }
}

/** {@link sampleAffine}, rounded to an image. */
export function warpAffine(
  image: Image,
  toImage: Affine,
  { width, height, beyond = 'black' }: { readonly width: number; readonly height: number } & WarpOptions,
): Image {
  const samples = sampleAffine(image, toImage, { width, height, beyond });
  const data = new Uint8Array(samples.length);
  // as whole numbers, which arrays of bytes take many times faster
  for (let i = 0; i < data.length; i++) data[i] = (samples[i]! + 0.5) | 0;
  return { width, height, data };
}
