import { type Box, boxCentre, boxSize } from '@kith/core';

/** A photo to show: the file's own bytes, and which face in it was taken. */
export interface Picture {
  readonly jpeg: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly box?: Box;
}

/** Sides of the face's frame that a photo shows around it. */
const shownSides = 2.1;

/** The photo around the face that was taken, with a frame around that; the whole photo where no face was found. */
export function svgPhoto(picture: Picture | undefined): string {
  if (!picture) return '<div class="photo"></div>';
  const { jpeg, width, height, box } = picture;
  const [x, y] = box ? boxCentre(box) : [width / 2, height / 2];
  const frameSize = box ? boxSize(box) : { width, height };
  const side = Math.min(width, height, shownSides * Math.max(frameSize.width, frameSize.height));
  const left = Math.min(Math.max(0, x - side / 2), width - side);
  const top = Math.min(Math.max(0, y - side / 2), height - side);
  const view = [left, top, side, side].map((px) => px.toFixed(1)).join(' ');
  const frame = box
    ? `<rect x="${box.xMin.toFixed(1)}" y="${box.yMin.toFixed(1)}" width="${frameSize.width.toFixed(1)}" height="${frameSize.height.toFixed(1)}"/>`
    : '';
  return `<svg class="photo" viewBox="${view}"><image href="data:image/jpeg;base64,${base64(jpeg)}" width="${width}" height="${height}"/>${frame}</svg>`;
}

/** Bytes as the text of a `data:` URL. */
export function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
