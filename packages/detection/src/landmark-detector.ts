import {
  averageLandmarks,
  type Box,
  createLandmarks,
  type Image,
  type LandmarkDetector,
  type Landmarks,
  mirrorLandmarks,
  sampleAffine,
  transformLandmarks,
} from '@kith/core';
import { runInParts, type Session } from '@kith/network';
import { type Crop, mirroredCrop, squareAround, uprightAround } from './landmark-crops.ts';
import { assertSession } from './session-shape.ts';

/** The side in px of the square that the landmark net looks at. */
const sidePx = 112;

/** Coordinates of 68 points. */
const coordinates = 136;

/** A square of pixels as the net takes them. */
const pixelsPerCrop = sidePx * sidePx * 3;

/**
 * How often the net looks at a face: once in the box's square; again in an upright square around the points found;
 * or there together with its mirror image. The mean of the two is free of the net's pull to one side, about 1 px of its 112.
 */
export type LandmarkLooks = 'square' | 'upright' | 'uprightMirrored';

export interface LandmarkDetectorOptions {
  readonly looks?: LandmarkLooks;
}

/** Looks again at faces whose rough points are known. */
const lookAgain: Readonly<Record<LandmarkLooks, (locate: Locate, rough: readonly Landmarks[]) => Promise<Points>>> = {
  square: async (_, rough) => rough,
  upright: (locate, rough) => locate(rough.map((points) => uprightAround(points, sidePx))),
  async uprightMirrored(locate, rough) {
    const upright = rough.map((points) => uprightAround(points, sidePx));
    const both = await locate([...upright, ...upright.map(mirroredCrop)]);
    return rough.map((_, i) => averageLandmarks([both[i]!, mirrorLandmarks(both[i + rough.length]!)]));
  },
};

type Points = readonly Landmarks[];
type Locate = (crops: readonly Crop[]) => Promise<Points>;

/**
 * Locate 68 landmarks with `face-api-landmarks`, all faces of an image in one batch a look, those of a crowd in several.
 *
 * @throws {FaceError} `MODEL_UNSUPPORTED` for a session of another network.
 */
export function landmarkDetector(
  session: Session,
  { looks = 'uprightMirrored' }: LandmarkDetectorOptions = {},
): LandmarkDetector {
  assertSession(session, 'The landmark detector', { input: [sidePx, sidePx, 3], outputs: [coordinates] });
  return {
    name: `landmark68-${looks}`,
    async locate(image: Image, boxes: readonly Box[]) {
      if (boxes.length === 0) return [];
      const locate: Locate = (crops) => locatePoints(session, image, crops);
      const rough = await locate(boxes.map((box) => squareAround(box, sidePx)));
      return lookAgain[looks](locate, rough);
    },
  };
}

/** Landmarks of the faces in crops of an image, in px of the image. */
async function locatePoints(session: Session, image: Image, crops: readonly Crop[]): Promise<Points> {
  const data = new Float32Array(crops.length * pixelsPerCrop);
  crops.forEach(({ toImage }, i) => {
    data.set(sampleAffine(image, toImage, { width: sidePx, height: sidePx }), i * pixelsPerCrop);
  });
  const [shares] = await runInParts(session, { count: crops.length, data });
  return crops.map(({ toImage }, i) => landmarksOf(shares!.subarray(i * coordinates, (i + 1) * coordinates), toImage));
}

/**
 * Read the points out of what `face-api-landmarks` gives for one crop.
 *
 * @param shares - x and y in turn, as shares of the crop's side. Shape `[68, 2]`.
 * @param toImage - From px of the crop to px of the image.
 */
export function landmarksOf(shares: Float32Array, toImage: Crop['toImage']): Landmarks {
  // a share counts from pixels' edges, a transform from their centres
  const inCrop = shares.map((share) => share * sidePx - 0.5);
  return transformLandmarks(createLandmarks('ibug68', inCrop), toImage);
}
