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
  const { width: sourceWidth, height: sourceHeight, data } = image;
  const samples = Math.min(maxSamplesPerSide, Math.max(1, Math.round(scaleOf(toImage))));
  const share = 1 / (samples * samples);
  const out = new Float32Array(width * height * 3);
  for (let s = 0; s < samples * samples; s++) {
    // where in each target pixel this round of samples lies
    const du = ((s % samples) + 0.5) / samples - 0.5;
    const dv = (Math.floor(s / samples) + 0.5) / samples - 0.5;
    for (let v = 0, o = 0; v < height; v++) {
      for (let u = 0; u < width; u++, o += 3) {
        let x = toImage.a * (u + du) + toImage.b * (v + dv) + toImage.c;
        let y = toImage.d * (u + du) + toImage.e * (v + dv) + toImage.f;
        if (beyond === 'edge') {
          x = Math.min(Math.max(x, 0), sourceWidth - 1);
          y = Math.min(Math.max(y, 0), sourceHeight - 1);
        } else if (!(x > -1 && y > -1 && x < sourceWidth && y < sourceHeight)) continue;
        // the four pixels around, those beyond the frame counting as black
        const x0 = Math.floor(x);
        const y0 = Math.floor(y);
        for (let corner = 0; corner < 4; corner++) {
          const cx = x0 + (corner & 1);
          const cy = y0 + (corner >> 1);
          const weight = (corner & 1 ? x - x0 : 1 - x + x0) * (corner >> 1 ? y - y0 : 1 - y + y0) * share;
          if (weight === 0 || cx < 0 || cy < 0 || cx >= sourceWidth || cy >= sourceHeight) continue;
          const from = (cy * sourceWidth + cx) * 3;
          out[o] = out[o]! + weight * data[from]!;
          out[o + 1] = out[o + 1]! + weight * data[from + 1]!;
          out[o + 2] = out[o + 2]! + weight * data[from + 2]!;
        }
      }
    }
  }
  return out;
}

/** {@link sampleAffine}, rounded to an image. */
export function warpAffine(
  image: Image,
  toImage: Affine,
  { width, height, beyond = 'black' }: { readonly width: number; readonly height: number } & WarpOptions,
): Image {
  const samples = sampleAffine(image, toImage, { width, height, beyond });
  return { width, height, data: Uint8Array.from(samples, (value) => Math.round(value)) };
}
