import { type Image, warpAffine } from '@kith/core';
import { chip } from './data/pack-faces.ts';

/** How a network sees an aligned face: dlib's chip by 51 landmarks, with less room around it. */
export interface FaceCrop {
  readonly sizePx: number;
  /** Room around the mean face, as a share of it, on each side; at most that of the chips which are kept. */
  readonly padding: number;
}

/** Side of a crop as a share of the chip's. */
export function shareOfChip({ padding }: FaceCrop): number {
  return (1 + 2 * padding) / (1 + 2 * chip.padding);
}

/** Cut a crop from an aligned face. @returns RGB, 0–255. Shape `[sizePx, sizePx, 3]`. */
export function cropFace(image: Image, crop: FaceCrop): Uint8Array {
  const { sizePx } = crop;
  const scale = (shareOfChip(crop) * image.width) / sizePx;
  const offset = (image.width - 1 - scale * (sizePx - 1)) / 2;
  const toImage = { a: scale, b: 0, c: offset, d: 0, e: scale, f: offset };
  return warpAffine(image, toImage, { width: sizePx, height: sizePx, beyond: 'edge' }).data;
}
