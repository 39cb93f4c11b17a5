import { type Affine, boxSize, type Image } from '@kith/core';
import { renderPng } from '../adapters/sharp.ts';
import type { LocatedFace } from '../locate-faces.ts';
import { palette, round, svgDocument, svgLandmarks, svgText } from './svg.ts';

/** Photos with a longer side are drawn smaller. */
const longestSidePx = 2400;

/** Small photos are drawn larger, so that lines and labels have room. */
const shortestLongSidePx = 800;

/**
 * Draw a photo with its faces: box, landmarks, and a label with number, score and quality.
 *
 * @param faces - As `detect` gives them, for this photo.
 * @returns A PNG.
 */
export async function drawFaces(image: Image, faces: readonly LocatedFace[]): Promise<Uint8Array> {
  const longest = Math.max(image.width, image.height);
  const scale = Math.min(longestSidePx, Math.max(shortestLongSidePx, longest)) / longest;
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const body = faces.map((face, i) => svgFace(face, { number: i + 1, scale, width, height })).join('');
  return renderPng({
    width,
    height,
    layers: [{ image, left: 0, top: 0, width, height }, { svg: svgDocument({ width, height }, body) }],
  });
}

function svgFace(
  { box, score, quality, landmarks }: LocatedFace,
  {
    number,
    scale,
    width,
    height,
  }: { readonly number: number; readonly scale: number; readonly width: number; readonly height: number },
): string {
  const toDrawing: Affine = { a: scale, b: 0, c: 0, d: 0, e: scale, f: 0 };
  const size = boxSize(box);
  const side = Math.max(size.width, size.height) * scale;
  const line = Math.min(6, Math.max(1.5, side / 110));
  const frame = `x="${round(box.xMin * scale)}" y="${round(box.yMin * scale)}" width="${round(size.width * scale)}" height="${round(size.height * scale)}" rx="${round(line * 2)}" fill="none"`;
  const label = svgLabel(`${number}`, `score ${score.toFixed(2)} · quality ${quality.toFixed(2)}`, {
    x: box.xMin * scale,
    y: box.yMin * scale,
    bottom: box.yMax * scale,
    sizePx: Math.min(26, Math.max(13, side / 14)),
    width,
    height,
  });
  return (
    svgLandmarks(landmarks, { toDrawing, widthPx: Math.min(2.5, Math.max(0.6, side / 220)) }) +
    `<rect ${frame} stroke="#000" stroke-opacity="0.35" stroke-width="${round(line * 2)}"/>` +
    `<rect ${frame} stroke="${palette.yes}" stroke-width="${round(line)}"/>${label}`
  );
}

/** A pill above the box, or below it where there is no room; kept inside the picture. */
function svgLabel(
  number: string,
  text: string,
  place: { x: number; y: number; bottom: number; sizePx: number; width: number; height: number },
): string {
  const { sizePx } = place;
  const wide = sizePx * (0.55 * (number.length + text.length) + 2);
  const tall = sizePx * 1.6;
  const gap = sizePx * 0.35;
  const x = Math.max(0, Math.min(place.x, place.width - wide));
  const above = place.y - tall - gap;
  const y = above >= 0 ? above : Math.min(place.bottom + gap, place.height - tall);
  const base = y + tall * 0.68;
  return (
    `<g><rect x="${round(x)}" y="${round(y)}" width="${round(wide)}" height="${round(tall)}" rx="${round(tall / 2)}" fill="${palette.ink}" fill-opacity="0.86"/>` +
    svgText(number, { x: x + sizePx * 0.8, y: base, sizePx, fill: palette.yes, weight: 700 }) +
    `${svgText(text, { x: x + sizePx * (1.1 + 0.62 * number.length), y: base, sizePx, fill: '#fff' })}</g>`
  );
}
