import type { Image } from '@kith/core';
import { renderPng } from '../adapters/sharp.ts';

/** An image as it is, pixel for pixel, as a PNG. */
export function drawImage(image: Image): Promise<Uint8Array> {
  const { width, height } = image;
  return renderPng({ width, height, layers: [{ image, left: 0, top: 0, width, height }] });
}
