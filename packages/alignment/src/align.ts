import { type AlignedFace, FaceError, type Image, type Landmarks, landmark, warpAffine } from '@kith/core';
import { fitSimilarity } from './similarity.ts';
import type { Template } from './templates.ts';

/**
 * Bring a face into a template's position by a similarity.
 *
 * @param image - The photo.
 * @param landmarks - The face's landmarks in px of the photo.
 * @returns The face at the template's size; what lies beyond the photo is black.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` when the landmarks are of another scheme or fall together.
 */
export function alignToTemplate(
  image: Image,
  landmarks: Landmarks,
  { template }: { readonly template: Template },
): AlignedFace {
  if (landmarks.scheme !== template.scheme) {
    throw new FaceError(
      'LANDMARKS_DEGENERATE',
      `${template.name} needs landmarks of ${template.scheme}, got ${landmarks.scheme}.`,
    );
  }
  const toImage = fitSimilarity(
    template.anchors.map(([, place]) => place),
    template.anchors.map(([number]) => landmark(landmarks, number)),
  );
  return { image: warpAffine(image, toImage, { width: template.sizePx, height: template.sizePx }), toImage };
}
