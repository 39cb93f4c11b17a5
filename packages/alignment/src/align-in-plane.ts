import {
  type Affine,
  type AlignedFace,
  composeAffine,
  type Image,
  identityAffine,
  invertAffine,
  type Landmarks,
  transformLandmarks,
  transformPoint,
  warpAffine,
} from '@kith/core';
import { templateToImage } from './align.ts';
import { deepfaceAnchors, type Template } from './templates.ts';

/** One round of the in-plane alignment: landmarks, and the step that brings them nearest to the template's places. */
export interface InPlaneRound {
  /** In px of the crop before the step; in the first round, of the photo. */
  readonly landmarks: Landmarks;
  /** From those px to px of the crop after the step: T_i. */
  readonly step: Affine;
  /** From px of the crop after the step to px of the photo: the inverse of T_i ∘ … ∘ T_1. */
  readonly toImage: Affine;
  /** How far the step moves what it brings to a place of the template, px of the template, at most. */
  readonly movedPx: number;
}

/** A face turned in the plane, and how it came there. */
export interface InPlaneFace extends AlignedFace {
  /** In px of the crop, as they were found on the crop of the round before. */
  readonly landmarks: Landmarks;
  readonly rounds: readonly InPlaneRound[];
  /** Whether landmarks found again moved the crop by no more than the tolerance; else it is that of the round which moved it least. */
  readonly settled: boolean;
}

export interface InPlaneOptions {
  /** Finds the landmarks of the one face on a crop of the template's size, px of the crop. */
  readonly detectAgain: (crop: Image) => Promise<Landmarks>;
  readonly template?: Template;
  /** A step that moves no anchor farther is no substantial change, px of the template. */
  readonly tolerancePx?: number;
  /** The first, which takes the photo's landmarks, counted. */
  readonly maxRounds?: number;
}

/**
 * Bring a face into a template's position step by step: crop it, find its landmarks again on the crop, which is an easier one than the
 * photo, and correct, until nothing changes substantially. Every crop is sampled from the photo, through all steps composed.
 *
 * @param image - The photo.
 * @param landmarks - Of the template's scheme, px of the photo; for `deepface6`, of any.
 * @returns The face at the template's size; a detector that never settles gives the round that moved it least.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` when landmarks of any round do not fix the transform; and what `detectAgain` throws.
 * @see Taigman et al., DeepFace, CVPR 2014, §2.1: T_2d = T_1 · … · T_n.
 */
export async function alignInPlane(
  image: Image,
  landmarks: Landmarks,
  { detectAgain, template = deepfaceAnchors(), tolerancePx = 0.5, maxRounds = 8 }: InPlaneOptions,
): Promise<InPlaneFace> {
  const cropOf = (toImage: Affine) => warpAffine(image, toImage, { width: template.sizePx, height: template.sizePx });
  const rounds = [roundOf(landmarks, { template, before: identityAffine })];
  let settled = false;
  while (!settled && rounds.length < maxRounds) {
    const before = rounds.at(-1)!.toImage;
    const round = roundOf(await detectAgain(cropOf(before)), { template, before });
    rounds.push(round);
    settled = round.movedPx <= tolerancePx;
  }
  // the first round came from the photo, so its move says nothing of how good its crop is
  const best = rounds.length === 1 ? rounds[0]! : rounds.slice(1).reduce((a, b) => (b.movedPx < a.movedPx ? b : a));
  const { toImage, step } = best;
  return { image: cropOf(toImage), toImage, landmarks: transformLandmarks(best.landmarks, step), rounds, settled };
}

function roundOf(
  landmarks: Landmarks,
  { template, before }: { readonly template: Template; readonly before: Affine },
): InPlaneRound {
  const back = templateToImage(landmarks, template);
  const moves = template.anchors.map(([, place]) => {
    const [x, y] = transformPoint(back, place);
    return Math.hypot(x - place[0], y - place[1]);
  });
  return { landmarks, step: invertAffine(back), toImage: composeAffine(back, before), movedPx: Math.max(...moves) };
}
