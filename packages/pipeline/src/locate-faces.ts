import {
  type AlignedFace,
  type Box,
  boxArea,
  boxSize,
  clipBox,
  composeAffine,
  type Detection,
  type Landmarks,
  type Shrunk,
  scaleBox,
  scaleOf,
  transformLandmarks,
} from '@kith/core';
import type { FaceModel } from './models/index.ts';
import type { PhotoLevels } from './photo-levels.ts';
import { faceQuality } from './quality.ts';

/** A face that was found: where it is, how sure the detector is, and how good it is for recognition. */
export interface LocatedFace extends Detection {
  readonly landmarks: Landmarks;
  readonly aligned: AlignedFace;
  /** In [0, 1], large = good. @see faceQuality */
  readonly quality: number;
}

/** A box of this longer side fills the squares that the nets look at. */
const sharpFacePx = 100;

/**
 * Find the faces of a photo, the largest first. Each is looked at in the overview where that shows enough of it; the others in a
 * closer view of the photo, decoded once for all of them.
 */
export async function locateFaces(
  model: Pick<FaceModel, 'detect' | 'locate' | 'align'>,
  { overview, closer }: PhotoLevels,
): Promise<readonly LocatedFace[]> {
  const detections = await model.detect(overview.image);
  const factor = scaleOf(overview.toOriginal);
  const isSharp = ({ box }: Detection) => factor === 1 || longerSide(box) >= sharpFacePx;
  const located = await locateIn(model, overview, detections.filter(isSharp));
  const small = detections.filter((detection) => !isSharp(detection));
  if (small.length > 0) {
    const smallestPx = factor * Math.min(...small.map(({ box }) => longerSide(box)));
    const view = await closer(smallestPx / sharpFacePx);
    const enlarge = factor / scaleOf(view.toOriginal);
    const enlarged = small.map(({ box, score }) => ({ box: scaleBox(box, enlarge), score }));
    located.push(...(await locateIn(model, view, enlarged)));
  }
  return located.sort((one, other) => boxArea(other.box) - boxArea(one.box));
}

async function locateIn(
  model: Pick<FaceModel, 'locate' | 'align'>,
  { image, toOriginal }: Shrunk,
  detections: readonly Detection[],
): Promise<LocatedFace[]> {
  const all = await model.locate(
    image,
    detections.map(({ box }) => box),
  );
  return detections.map(({ box, score }, i) => {
    const points = all[i]!;
    const { image: face, toImage } = model.align(image, points);
    const aligned = { image: face, toImage: composeAffine(toImage, toOriginal) };
    const landmarks = transformLandmarks(points, toOriginal);
    const quality = faceQuality({ score, landmarks, aligned });
    return { box: scaleBox(clipBox(box, image), scaleOf(toOriginal)), score, landmarks, aligned, quality };
  });
}

function longerSide(box: Box): number {
  const { width, height } = boxSize(box);
  return Math.max(width, height);
}
