import {
  type Affine,
  type AlignedFace,
  type Image,
  invertAffine,
  type Landmarks,
  type Point,
  warpAffine,
} from '@kith/core';
import { fitAffine } from './fit-affine.ts';
import { fitSimilarity } from './similarity.ts';
import { anchorPoints, type Template } from './templates.ts';

/**
 * Bring a face into a template's position by the template's kind of transform.
 *
 * @param image - The photo.
 * @param landmarks - The face's landmarks in px of the photo; they may lie beyond it.
 * @returns The face at the template's size; what lies beyond the photo is black.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` when the landmarks are of another scheme, not finite, or do not fix the transform.
 */
export function alignToTemplate(
  image: Image,
  landmarks: Landmarks,
  { template }: { readonly template: Template },
): AlignedFace {
  const toImage = templateToImage(landmarks, template);
  return { image: warpAffine(image, toImage, { width: template.sizePx, height: template.sizePx }), toImage };
}

/**
 * The way from px of a template to px of the photo.
 *
 * @throws {FaceError} `LANDMARKS_DEGENERATE`, as {@link alignToTemplate}.
 */
export function templateToImage(landmarks: Landmarks, template: Template): Affine {
  const points = anchorPoints(landmarks, template);
  const places = template.anchors.map(([, place]) => place);
  const fit = template.transform === 'affine' ? fitAffineOfPoints : fitSimilarity;
  return template.leastIn === 'photo' ? fit(places, points) : invertAffine(fit(points, places));
}

function fitAffineOfPoints(from: readonly Point[], to: readonly Point[]): Affine {
  return fitAffine(Float64Array.from(from.flat()), Float64Array.from(to.flat()));
}
