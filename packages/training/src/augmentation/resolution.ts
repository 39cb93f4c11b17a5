import { type Image, warpAffine } from '@kith/core';
import { centredView } from './crop.ts';
import type { Range } from './draw.ts';

/** A face far from the camera. */
export interface ResolutionRange {
  /** Chance, 0–1. */
  readonly chance: number;
  /** Side that the image is brought down to, as a share of its own. */
  readonly scale: Range;
}

/** Bring a square image down to fewer pixels, and up again. */
export function lowerResolution(image: Image, sidePx: number): Image {
  return resize(resize(image, sidePx), image.width);
}

function resize(image: Image, sidePx: number): Image {
  const { toImage, beyond } = centredView(image, { sizePx: sidePx });
  return warpAffine(image, toImage, { width: sidePx, height: sidePx, beyond });
}
