import { createRandom, gaussian, type Image, type Random } from '@kith/core';
import type { Range } from './draw.ts';

/** A sensor in the dark. */
export interface NoiseRange {
  /** Chance, 0–1. */
  readonly chance: number;
  /** Standard deviation of what is added to each channel, as a share of white. */
  readonly sigma: Range;
}

/** Add Gaussian noise to each channel of each pixel. @param sigma - In levels of 255. */
export function addNoise({ width, height, data }: Image, sigma: number, random: Random): Image {
  const out = new Uint8ClampedArray(data.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = data[i]! + sigma * normals[(random() * normals.length) | 0]!;
  }
  return { width, height, data: new Uint8Array(out.buffer) };
}

/** Standard normal numbers to draw from, several times faster than to make them: mean 0, variance 1. */
const normals = standardNormals(8192);

function standardNormals(count: number): Float32Array {
  const random = createRandom(count);
  const half = Float32Array.from({ length: count / 2 }, () => gaussian(random));
  const deviation = Math.sqrt(half.reduce((sum, value) => sum + value * value, 0) / half.length);
  // each with its opposite
  return Float32Array.from({ length: count }, (_, i) => (i % 2 ? -1 : 1) * (half[i >> 1]! / deviation));
}
