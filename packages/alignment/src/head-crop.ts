import {
  type Affine,
  type AlignedFace,
  composeAffine,
  type Image,
  invertAffine,
  type Landmarks,
  landmark,
  type Point,
  transformPoint,
  warpAffine,
} from '@kith/core';
import { fitSimilarity } from './similarity.ts';
import { dlibChip51, type HeadCrop } from './templates.ts';

/** Which way is up in a face, and whether its landmarks are those that are meant. */
const upright = dlibChip51();

/**
 * Cut a head out upright, in a frame around all its landmarks. Turned heads stay in the middle, where a fit to their eyes, nose and
 * mouth would move them aside.
 *
 * @param image - The photo.
 * @param landmarks - The face's landmarks in px of the photo.
 * @returns The face at the crop's size, width and height stretched apart; what lies beyond the photo is black.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` when the landmarks fall together.
 */
export function alignToHead(image: Image, landmarks: Landmarks, { crop }: { readonly crop: HeadCrop }): AlignedFace {
  const toPhoto = fitSimilarity(
    upright.anchors.map(([, place]) => place),
    upright.anchors.map(([number]) => landmark(landmarks, number)),
  );
  const toImage = composeAffine(frameOf(pointsOf(landmarks, invertAffine(toPhoto)), crop), toPhoto);
  return { image: warpAffine(image, toImage, { width: crop.sizePx, height: crop.sizePx }), toImage };
}

function pointsOf({ points }: Landmarks, transform: Affine): readonly Point[] {
  return Array.from({ length: points.length / 2 }, (_, i) =>
    transformPoint(transform, [points[2 * i]!, points[2 * i + 1]!]),
  );
}

/** From px of the crop to where the points are. */
function frameOf(points: readonly Point[], { sizePx, width, height, rise }: HeadCrop): Affine {
  const [left, right] = extent(points.map(([x]) => x));
  const [top, bottom] = extent(points.map(([, y]) => y));
  const [across, down] = [((right - left) * width) / sizePx, ((bottom - top) * height) / sizePx];
  const [x, y] = [(left + right) / 2, (top + bottom) / 2 - (bottom - top) * rise];
  // the middle of the crop lies between its middle pixels
  const middle = (sizePx - 1) / 2;
  return { a: across, b: 0, c: x - across * middle, d: 0, e: down, f: y - down * middle };
}

function extent(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)];
}
