import { type AlignedFace, type Image, type Landmarks, landmark, type Point, warpAffine } from '@kith/core';
import { type CanonicalFrame, frontOf } from './canonical-frame.ts';
import { fiducialCount, referenceShape } from './reference-shape.ts';
import { fitSimilarity } from './similarity.ts';
import { isBeyondFrame } from './warp-mesh-paint.ts';

/** A face turned in the plane, and where its pixels are from. */
export interface FaceInPlane extends AlignedFace {
  /** 255 where the photo is, 0 beyond it. Shape `[sizePx, sizePx]`. */
  readonly ownSide: Uint8Array;
  /** Share of the result's pixels that lie inside the photo. */
  readonly insideShare: number;
}

/**
 * Bring a face into a frame by the similarity that takes its fiducials nearest to the reference's, seen from the front.
 *
 * @param fiducials - Of scheme `deepface67`, px of the photo.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` when the fiducials fall together.
 */
export function turnInPlane(
  image: Image,
  fiducials: Landmarks,
  { frame }: { readonly frame: CanonicalFrame },
): FaceInPlane {
  const front = frontOf(referenceShape, frame);
  const numbers = Array.from({ length: fiducialCount }, (_, i) => i);
  const toImage = fitSimilarity(
    numbers.map((i): Point => [front[2 * i]!, front[2 * i + 1]!]),
    numbers.map((i) => landmark(fiducials, i)),
  );
  const { sizePx } = frame;
  const ownSide = new Uint8Array(sizePx * sizePx);
  let inside = 0;
  for (let p = 0; p < ownSide.length; p++) {
    const [u, v] = [p % sizePx, Math.floor(p / sizePx)];
    const { a, b, c, d, e, f } = toImage;
    if (isBeyondFrame(image, a * u + b * v + c, d * u + e * v + f)) continue;
    ownSide[p] = 255;
    inside++;
  }
  const picture = warpAffine(image, toImage, { width: sizePx, height: sizePx });
  return { image: picture, toImage, ownSide, insideShare: inside / ownSide.length };
}
