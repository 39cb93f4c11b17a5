import {
  type Affine,
  type Box,
  composeAffine,
  type Image,
  identityAffine,
  invertAffine,
  type Point,
  transformPoint,
  warpAffine,
} from '@kith/core';
import { palette, round } from './svg.ts';

/** A square of a photo, or of a crop, shown in a panel. */
export interface PanelFrame {
  /** The square's px at the panel's size. */
  readonly image: Image;
  /** From px of the photo to the panel's drawing, whose corner is (0, 0). */
  readonly toPanel: Affine;
  /** Covers what of the panel lies beyond the photo. */
  readonly svgBeyond: string;
}

/** The half px between the corner of a drawing and the centre of its first pixel. */
const toCorner: Affine = { a: 1, b: 0, c: 0.5, d: 0, e: 1, f: 0.5 };

/**
 * Look at a square of a photo, which may reach beyond it; a large photo is averaged.
 *
 * @param square - Its sides alike, px of the photo, or of what `toPhoto` leads from.
 * @param toPhoto - For a square that is turned in the photo.
 */
export function frameSquare(
  photo: Image,
  square: Box,
  { sizePx, toPhoto = identityAffine }: { readonly sizePx: number; readonly toPhoto?: Affine },
): PanelFrame {
  const scale = (square.xMax - square.xMin) / sizePx;
  // the first pixel's centre is half a pixel from the corner, before and after
  const [c, f] = [square.xMin + (scale - 1) / 2, square.yMin + (scale - 1) / 2];
  const fromPanel = composeAffine({ a: scale, b: 0, c, d: 0, e: scale, f }, toPhoto);
  const toPanel = composeAffine(invertAffine(fromPanel), toCorner);
  const image = warpAffine(photo, fromPanel, { width: sizePx, height: sizePx, beyond: 'edge' });
  return { image, toPanel, svgBeyond: svgBeyond(photo, toPanel, sizePx) };
}

/** The whole of a square image, such as an aligned face. */
export function frameWhole(image: Image, sizePx: number): PanelFrame {
  const enlarge = sizePx / image.width;
  const toPanel: Affine = { a: enlarge, b: 0, c: enlarge / 2, d: 0, e: enlarge, f: enlarge / 2 };
  return { image, toPanel, svgBeyond: '' };
}

/**
 * The smallest upright square around points.
 *
 * @param margin - Share of its side that is added on each side.
 */
export function squareAround(points: readonly Point[], { margin }: { readonly margin: number }): Box {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [xMin, yMin, xMax, yMax] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  // a square of no size would show nothing
  const half = Math.max(xMax - xMin, yMax - yMin, 1) * (0.5 + margin);
  const [x, y] = [(xMin + xMax) / 2, (yMin + yMax) / 2];
  return { xMin: x - half, yMin: y - half, xMax: x + half, yMax: y + half };
}

function svgBeyond({ width, height }: Image, toPanel: Affine, sizePx: number): string {
  const [right, bottom] = [width - 0.5, height - 0.5];
  const corners: readonly Point[] = [
    [-0.5, -0.5],
    [right, -0.5],
    [right, bottom],
    [-0.5, bottom],
  ];
  const photo = corners.map((corner) => transformPoint(toPanel, corner).map(round).join(' '));
  const outside = `M0 0H${sizePx}V${sizePx}H0ZM${photo.join('L')}Z`;
  return `<path d="${outside}" fill="${palette.blank}" fill-rule="evenodd"/>`;
}
