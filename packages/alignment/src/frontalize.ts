import { type Affine, type AlignedFace, FaceError, type Image, type Landmarks, transformPoint } from '@kith/core';
import { type CanonicalFrame, canonicalFrame, frontOf } from './canonical-frame.ts';
import { faceMesh } from './face-mesh.ts';
import { fitAffine } from './fit-affine.ts';
import { type FaceFit, fitFace } from './fit-face.ts';
import { turnInPlane } from './frontalize-in-plane.ts';
import { fiducialCount, referenceShape } from './reference-shape.ts';
import { paintFace } from './symmetric-blend.ts';
import { triangleVisibility, vertexVisibility } from './visibility.ts';

/** Beyond this yaw the landmarks of the far side are guesses, and a face is turned in the plane only. */
export const mostYawDegrees = 75;

/** A face of which less than this share lies inside its photo is said to be cut off. */
export const leastInsideShare = 0.75;

export interface FrontalizeOptions {
  readonly frame?: CanonicalFrame;
  /** What is around the face: black, or the photo by one affine for all, so that there is hair and background. */
  readonly beyond?: 'black' | 'photo';
  /** What the photo hides of the face: blended with the other side, or as the photo has it. */
  readonly hidden?: 'mirrored' | 'own';
}

/** A face as from the front. `toImage` leads from its px to the photo's px as well as one affine can: each triangle has its own. */
export interface FrontalizedFace extends AlignedFace {
  /** `similarity`: turned in the plane alone, for the stated reason. */
  readonly way: 'frontalized' | 'similarity';
  readonly reason?: string;
  readonly fit: FaceFit;
  /** How much of each pixel comes from its own side of the photo, 0–255. Shape `[sizePx, sizePx]`. */
  readonly visibility: Uint8Array;
  /** Share of the face, by its area from the front, that is turned to the viewer in the photo and inside it. */
  readonly seenShare: number;
  /** Share of what is painted, the ring included, that lies inside the photo; the rest is from the other side where that is inside, else black. */
  readonly insideShare: number;
  /** Whether {@link insideShare} is below {@link leastInsideShare}. */
  readonly isCutOff: boolean;
}

/**
 * Turn a face to the front: explain it by the reference shape and a camera, warp each triangle of its mesh to where it lies from the front,
 * and blend what the photo hides with the other side.
 *
 * @param image - The photo.
 * @param landmarks - Of scheme `ibug68` or `deepface67`, px of the photo; points may lie beyond it.
 * @returns The face at the frame's size. Beyond ±75° of yaw it is turned in the plane alone, and `reason` says so.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` as {@link fitFace}, and for a face of which nothing lies inside the photo.
 * @see Taigman et al., DeepFace, CVPR 2014, §2.2.
 */
export function frontalize(
  image: Image,
  landmarks: Landmarks,
  { frame = canonicalFrame(), beyond = 'black', hidden = 'mirrored' }: FrontalizeOptions = {},
): FrontalizedFace {
  const fit = fitFace(landmarks);
  const visibility = vertexVisibility(triangleVisibility(fit.shape, faceMesh, fit.camera), faceMesh);
  const seenShare = shareSeen(visibility, fit.source, image);
  const yawDegrees = Math.abs(fit.pose.yawDegrees);
  if (yawDegrees > mostYawDegrees) {
    const { ownSide, insideShare, ...aligned } = turnInPlane(image, fit.fiducials, { frame });
    if (insideShare === 0) throw outside(image);
    return {
      ...aligned,
      way: 'similarity',
      reason: `The face is turned by ${yawDegrees.toFixed(0)}°; what can be turned to the front is at most ${mostYawDegrees}°.`,
      ...{ fit, visibility: ownSide, seenShare, insideShare, isCutOff: insideShare < leastInsideShare },
    };
  }
  const target = frontOf(fit.shape, frame);
  const toImage = fitAffine(target, fit.source);
  const around = beyond === 'photo' ? toImage : undefined;
  const painted = paintFace(image, {
    mesh: faceMesh,
    target,
    source: around ? withRingAt(fit.source, target, around) : fit.source,
    visibility: hidden === 'mirrored' ? visibility : undefined,
    width: frame.sizePx,
    height: frame.sizePx,
    around,
  });
  const { insideShare, ownSide } = painted;
  if (insideShare === 0) throw outside(image);
  return {
    ...{ image: painted.image, toImage, way: 'frontalized', fit, visibility: ownSide, seenShare, insideShare },
    isCutOff: insideShare < leastInsideShare,
  };
}

function outside({ width, height }: Image): FaceError {
  return new FaceError(
    'LANDMARKS_DEGENERATE',
    `Nothing of the face that the landmarks span lies inside the photo of ${width} × ${height} px.`,
  );
}

/** The mesh's places with its ring where the affine around leads, so that face and surroundings meet. */
function withRingAt(source: Float64Array, target: Float64Array, around: Affine): Float64Array {
  const places = source.slice();
  for (let i = 2 * fiducialCount; i < places.length; i += 2) {
    places.set(transformPoint(around, [target[i]!, target[i + 1]!]), i);
  }
  return places;
}

/** Area of each vertex's triangles from the front, without the ring's, which is no part of the face. Shape `[n]`. */
const areaOf = (() => {
  const areas = new Float64Array(referenceShape.length / 3);
  const { triangles } = faceMesh;
  for (let t = 0; t < triangles.length; t += 3) {
    const corners = [triangles[t]!, triangles[t + 1]!, triangles[t + 2]!] as const;
    if (corners.some((vertex) => vertex >= fiducialCount)) continue;
    const [i, j, k] = corners.map((vertex) => 3 * vertex) as [number, number, number];
    const [bx, by] = [referenceShape[j]! - referenceShape[i]!, referenceShape[j + 1]! - referenceShape[i + 1]!];
    const [cx, cy] = [referenceShape[k]! - referenceShape[i]!, referenceShape[k + 1]! - referenceShape[i + 1]!];
    for (const vertex of corners) areas[vertex]! += Math.abs(bx * cy - cx * by);
  }
  return areas;
})();

function shareSeen(visibility: Float64Array, source: Float64Array, { width, height }: Image): number {
  let [seen, all] = [0, 0];
  for (let vertex = 0; vertex < fiducialCount; vertex++) {
    const [x, y] = [source[2 * vertex]!, source[2 * vertex + 1]!];
    const isInside = x >= -0.5 && y >= -0.5 && x < width - 0.5 && y < height - 0.5;
    all += areaOf[vertex]!;
    if (isInside) seen += areaOf[vertex]! * visibility[vertex]!;
  }
  return seen / all;
}
