import {
  type AlignedFace,
  type Box,
  boxArea,
  boxSize,
  clipBox,
  composeAffine,
  type Detection,
  identityAffine,
  type Landmarks,
  type Shrunk,
  scaleBox,
  scaleOf,
  transformLandmarks,
} from '@kith/core';
import type { FaceModel } from './models/index.ts';
import { isReduced, type PhotoLevels } from './photo-levels.ts';
import { faceQuality } from './quality.ts';

/** A face that was found: where it is, how sure the detector is, and how good it is for recognition. */
export interface LocatedFace extends Detection {
  readonly landmarks: Landmarks;
  readonly aligned: AlignedFace;
  /** In [0, 1], large = good. @see faceQuality */
  readonly quality: number;
}

/** A box of this longer side has at least the pixels that the nets look at. */
const sharpFacePx = 144;

/** Find the faces of a photo, the largest first; each is looked at in the overview where that shows enough of it, else in the whole. */
export async function locateFaces(
  model: Pick<FaceModel, 'detect' | 'locate' | 'align'>,
  { overview, full }: PhotoLevels,
): Promise<readonly LocatedFace[]> {
  const detections = await model.detect(overview.image);
  const isSharp = ({ box }: Detection) => !isReduced(overview) || longerSide(box) >= sharpFacePx;
  const located = await locateIn(model, overview, detections.filter(isSharp));
  const small = detections.filter((detection) => !isSharp(detection));
  if (small.length > 0) {
    const whole = { image: await full(), toOriginal: identityAffine };
    const scale = scaleOf(overview.toOriginal);
    const enlarged = small.map(({ box, score }) => ({ box: scaleBox(box, scale), score }));
    located.push(...(await locateIn(model, whole, enlarged)));
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
