import { type Image, type Random, randomInteger } from '@kith/core';
import { drawFrom, type Range } from './draw.ts';

/** What covers the face: noise, mid grey, or the image's own mean. */
export type Cover = 'noise' | 'grey' | 'mean';

/** A rectangle that hides a part of the face. @see Zhong et al., Random Erasing, AAAI 2020, §3. */
export interface OcclusionRange {
  /** Chance, 0–1. */
  readonly chance: number;
  /** Area, as a share of the image's. */
  readonly area: Range;
  /** Height by width. */
  readonly aspect: Range;
  /** One of them is drawn. */
  readonly covers: readonly Cover[];
}

/** Hide a rectangle of an image that lies within it. */
export function occlude({ width, height, data }: Image, range: OcclusionRange, random: Random): Image {
  const area = drawFrom(range.area, random) * width * height;
  const aspect = drawFrom(range.aspect, random);
  const w = Math.min(width, Math.round(Math.sqrt(area / aspect)));
  const h = Math.min(height, Math.round(Math.sqrt(area * aspect)));
  const left = randomInteger(random, width - w + 1);
  const top = randomInteger(random, height - h + 1);
  const cover = range.covers[randomInteger(random, range.covers.length)] ?? 'grey';
  const colour = cover === 'mean' ? meanColour(data) : [128, 128, 128];
  const out = data.slice();
  for (let y = top; y < top + h; y++) {
    const first = (y * width + left) * 3;
    for (let i = 0; i < w * 3; i++) out[first + i] = cover === 'noise' ? random() * 256 : colour[i % 3]!;
  }
  return { width, height, data: out };
}

function meanColour(data: Uint8Array): number[] {
  const sums = [0, 0, 0];
  for (let i = 0; i < data.length; i++) sums[i % 3]! += data[i]!;
  return sums.map((sum) => Math.round(sum / (data.length / 3)));
}
