import { type Affine, createLandmarks, FaceError, invertAffine, type Landmarks } from '@kith/core';
import { templateToImage } from './align.ts';
import { fiducialsOfIbug68 } from './fiducials.ts';
import { headFrame } from './head-crop.ts';
import { fiducialCount, referenceShape } from './reference-shape.ts';
import type { HeadCrop, Template } from './templates.ts';

/** A square picture that a face is brought into as from the front. */
export interface CanonicalFrame {
  readonly name: string;
  readonly sizePx: number;
  /** From x and y of the reference frame, mm, to px of the picture. */
  readonly fromReference: Affine;
}

/** The square of the reference that the canonical view shows, mm: brows to chin and jaw to jaw, and as much of the ring as reaches the borders. */
const shown = { sideMm: 150, middleYMm: 45 };

/**
 * The paper's canonical view at any size: the face alone, from its brows to its chin.
 *
 * @throws {FaceError} `USAGE` for a side that is no whole number of px.
 * @see Taigman et al., DeepFace, CVPR 2014, figure 1 (g): 152 px.
 */
export function canonicalFrame({ sizePx = 152 }: { readonly sizePx?: number } = {}): CanonicalFrame {
  if (!Number.isInteger(sizePx) || sizePx < 1) {
    throw new FaceError('USAGE', `A canonical view's side is a whole number of px, at least 1, got ${sizePx}.`);
  }
  const scale = sizePx / shown.sideMm;
  // the middle of the picture lies between its middle pixels
  const middle = (sizePx - 1) / 2;
  const fromReference = { a: scale, b: 0, c: middle, d: 0, e: scale, f: middle - scale * shown.middleYMm };
  return { name: `canonical-${sizePx}`, sizePx, fromReference };
}

/** The frame in which the reference's front view has a template's anchors nearest to their places, for networks that know that template. */
export function frameOfTemplate(template: Template): CanonicalFrame {
  const fromReference = invertAffine(templateToImage(frontLandmarks(template.scheme), template));
  return { name: `front-${template.name}`, sizePx: template.sizePx, fromReference };
}

/** The frame in which the reference's front view lies as in a crop of the head. */
export function frameOfHead(crop: HeadCrop): CanonicalFrame {
  const fromReference = invertAffine(headFrame(frontLandmarks('ibug68'), { crop }));
  return { name: `front-${crop.name}`, sizePx: crop.sizePx, fromReference };
}

/**
 * See a shape's vertices from the front.
 *
 * @param shape - In mm of the reference frame. Shape `[n, 3]`, row-major.
 * @returns In px of the frame. Shape `[n, 2]`, row-major.
 */
export function frontOf(shape: Float64Array, { fromReference }: CanonicalFrame): Float64Array {
  const { a, b, c, d, e, f } = fromReference;
  const front = new Float64Array((shape.length / 3) * 2);
  for (let from = 0, to = 0; to < front.length; from += 3, to += 2) {
    front[to] = a * shape[from]! + b * shape[from + 1]! + c;
    front[to + 1] = d * shape[from]! + e * shape[from + 1]! + f;
  }
  return front;
}

/** The reference's landmarks from the front, mm: of `ibug68` where that is asked for, else the fiducials, which hold `deepface6`. */
function frontLandmarks(scheme: Template['scheme']): Landmarks {
  const numbers = scheme === 'ibug68' ? fiducialsOfIbug68 : Array.from({ length: fiducialCount }, (_, i) => i);
  const points = numbers.flatMap((i) => [referenceShape[3 * i]!, referenceShape[3 * i + 1]!]);
  return createLandmarks(scheme === 'ibug68' ? scheme : 'deepface67', Float32Array.from(points));
}
