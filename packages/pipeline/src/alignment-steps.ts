import {
  alignInPlane,
  type CanonicalFrame,
  canonicalFrame,
  deepfaceAnchors,
  type FaceFit,
  type FrontalizedFace,
  faceMesh,
  fiducialCount,
  fitFace,
  frameOfTemplate,
  frontalize,
  frontOf,
  type InPlaneFace,
  referenceShape,
  renderView,
  toFiducials6,
  triangleVisibility,
} from '@kith/alignment';
import {
  type Affine,
  type Box,
  composeAffine,
  FaceError,
  type Image,
  type Landmarks,
  transformLandmarks,
} from '@kith/core';
import type { LocatedFace } from './locate-faces.ts';
import type { FaceModel } from './models/index.ts';

/** What a step made of a face, or why it does not apply to it. */
export type Step<T> = { readonly made: T } | { readonly reason: string };

/** Which way the head of a new view looks; see `Pose` of `@kith/alignment` for the directions. */
export interface NewViewPose {
  readonly yawDegrees: number;
  readonly pitchDegrees: number;
}

export interface NewView extends NewViewPose {
  readonly image: Image;
}

/** DeepFace's alignment of one face of a photo, step by step; places are in px of the photo. */
export interface AlignmentSteps {
  /** Those that the steps take: found on the 2-D crop where it settled, else in the photo. */
  readonly landmarks: Landmarks;
  /** Of scheme `deepface6`. */
  readonly fiducials: Step<Landmarks>;
  /** The crop by an iterated similarity, with the landmarks as they are found on it, px of the crop. */
  readonly inPlane: Step<InPlaneFace>;
  readonly fit: Step<FaceFit>;
  /** Of each triangle of the mesh, in [0, 1]. */
  readonly visibility: Step<Float32Array>;
  readonly frontal: Step<FrontalizedFace>;
  readonly newView: Step<NewView>;
}

export interface AlignmentStepsOptions extends Partial<NewViewPose> {
  /** Finds the landmarks anew on the crop. */
  readonly locate: FaceModel['locate'];
  /** Side of the frontalized face, px. */
  readonly sizePx?: number;
}

/** How far the head of a new view is turned to the other side, where nothing else is asked. */
const otherSideDegrees = 30;

/**
 * Align a face as DeepFace does and keep every step. A step that does not apply to the face says why, and the others go on.
 *
 * @param photo - In which the face was found.
 * @param face - As a recogniser's `align` gives it, for this photo.
 * @see Taigman et al., DeepFace, CVPR 2014, §2.
 */
export async function alignmentSteps(
  photo: Image,
  { landmarks: found }: Pick<LocatedFace, 'landmarks'>,
  { locate, sizePx = 152, yawDegrees, pitchDegrees = 0 }: AlignmentStepsOptions,
): Promise<AlignmentSteps> {
  const frame = canonicalFrame({ sizePx });
  const detectAgain = async (crop: Image) => (await locate(crop, [faceOfCrop]))[0]!;
  const inPlane = await attempt(() => alignInPlane(photo, found, { template: cropTemplate, detectAgain }));
  // the paper finds its 67 points on the crop; where they never settle, as on some profiles, the photo's are the better ones
  const isSettled = 'made' in inPlane && inPlane.made.settled;
  const landmarks = isSettled ? transformLandmarks(inPlane.made.landmarks, inPlane.made.toImage) : found;
  const frontal = await attempt(() => frontalize(photo, landmarks, { frame }));
  const fit = 'made' in frontal ? { made: frontal.made.fit } : await attempt(() => fitFace(landmarks));
  return {
    landmarks,
    fiducials: await attempt(() => toFiducials6(landmarks)),
    inPlane,
    fit,
    visibility: await after(fit, ({ shape, camera }) => triangleVisibility(shape, faceMesh, camera)),
    frontal,
    newView: await after(frontal, (front) => {
      const reason = front.reason;
      if (front.way === 'similarity') throw new FaceError('LANDMARKS_DEGENERATE', reason ?? 'The face has no mesh.');
      const opposite = front.fit.pose.yawDegrees > 0 ? -otherSideDegrees : otherSideDegrees;
      const view = { yawDegrees: yawDegrees ?? opposite, pitchDegrees };
      return { ...view, image: renderView(photo, front.fit, { ...view, frame: newViewFrame }) };
    }),
  };
}

/** The crop of the second picture is DeepFace's. */
const cropTemplate = deepfaceAnchors();

/** The canonical frame twice as large, with room around for what a turned head shows more of. */
const newViewFrame: CanonicalFrame = {
  ...canonicalFrame({ sizePx: 304 }),
  name: 'new-view-304',
  fromReference: withRoom(0.2),
};

/** Where a face lies in that crop: around the reference's fiducials. */
const faceOfCrop: Box = boxOf(frontOf(referenceShape, frameOfTemplate(cropTemplate)).subarray(0, 2 * fiducialCount));

/** The canonical frame of 304 px, shrunk about its middle by a share. */
function withRoom(share: number): Affine {
  const { sizePx, fromReference } = canonicalFrame({ sizePx: 304 });
  const middle = ((sizePx - 1) / 2) * share;
  return composeAffine(fromReference, { a: 1 - share, b: 0, c: middle, d: 0, e: 1 - share, f: middle });
}

function boxOf(points: Float64Array): Box {
  const xs = points.filter((_, i) => i % 2 === 0);
  const ys = points.filter((_, i) => i % 2 === 1);
  return { xMin: Math.min(...xs), yMin: Math.min(...ys), xMax: Math.max(...xs), yMax: Math.max(...ys) };
}

/** Landmarks that are no face's are an answer here. */
async function attempt<T>(step: () => T | Promise<T>): Promise<Step<T>> {
  try {
    return { made: await step() };
  } catch (error) {
    if (error instanceof FaceError && error.code === 'LANDMARKS_DEGENERATE') return { reason: error.message };
    throw error;
  }
}

async function after<T, U>(before: Step<T>, step: (made: T) => U): Promise<Step<U>> {
  return 'made' in before ? attempt(() => step(before.made)) : before;
}
