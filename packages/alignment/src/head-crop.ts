import {
  type Affine,
  type AlignedFace,
  composeAffine,
  type Image,
  invertAffine,
  type Landmarks,
  transformPoint,
  warpAffine,
} from '@kith/core';
import { fitSimilarity } from './similarity.ts';
import { anchorPoints, dlibChip51, type HeadCrop } from './templates.ts';

/** The mean face in its square of side 1, whose middle is (0, 0). */
const meanFace = dlibChip51({ sizePx: 1, padding: 0 });

/**
 * Cut a head out upright and stretch it to a square.
 *
 * @param image - The photo.
 * @param landmarks - The face's landmarks in px of the photo.
 * @returns The face at the crop's size; what lies beyond the photo is black.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` when the landmarks fall together.
 */
export function alignToHead(image: Image, landmarks: Landmarks, { crop }: { readonly crop: HeadCrop }): AlignedFace {
  const toImage = headFrame(landmarks, { crop });
  return { image: warpAffine(image, toImage, { width: crop.sizePx, height: crop.sizePx }), toImage };
}

/** The way from px of the crop to where the landmarks are. */
export function headFrame(landmarks: Landmarks, { crop }: { readonly crop: HeadCrop }): Affine {
  const toPhoto = fitSimilarity(
    meanFace.anchors.map(([, place]) => place),
    anchorPoints(landmarks, meanFace),
  );
  const sideways = middleAcross(landmarks, invertAffine(toPhoto));
  return composeAffine(frameOf(crop, { sideways }), toPhoto);
}

/** Half way between the leftmost and the rightmost landmark of the upright face. */
function middleAcross({ points }: Landmarks, toUpright: Affine): number {
  const across = Array.from(
    { length: points.length / 2 },
    (_, i) => transformPoint(toUpright, [points[2 * i]!, points[2 * i + 1]!])[0],
  );
  return (Math.min(...across) + Math.max(...across)) / 2;
}

/** From px of the crop to the upright face. */
function frameOf(
  { sizePx, width, height, middle, follow }: HeadCrop,
  { sideways }: { readonly sideways: number },
): Affine {
  const [across, down] = [width / sizePx, height / sizePx];
  const x = middle[0] + follow * (sideways - middle[0]);
  // the middle of the crop lies between its middle pixels
  const inner = (sizePx - 1) / 2;
  return { a: across, b: 0, c: x - across * inner, d: 0, e: down, f: middle[1] - down * inner };
}
