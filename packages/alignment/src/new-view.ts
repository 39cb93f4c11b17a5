import { FaceError, type Image, transformPoint } from '@kith/core';
import { type AffineCamera, projectShape } from './camera.ts';
import { type CanonicalFrame, canonicalFrame } from './canonical-frame.ts';
import { depthOrder } from './depth-order.ts';
import { faceMesh } from './face-mesh.ts';
import type { FaceFit } from './fit-face.ts';
import { cameraOf } from './pose.ts';
import { fiducialCount } from './reference-shape.ts';
import { paintFace } from './symmetric-blend.ts';
import { triangleVisibility, vertexVisibility } from './visibility.ts';

export interface NewViewOptions {
  /** Which way the head is to look, as in a pose; 0 is the front. */
  readonly yawDegrees?: number;
  readonly pitchDegrees?: number;
  readonly rollDegrees?: number;
  readonly frame?: CanonicalFrame;
}

/**
 * Paint a face as seen from elsewhere: its own shape is turned about its middle and painted from far to near; what the photo hides is blended
 * with the other side.
 *
 * @param image - The photo.
 * @param fit - The face, as fitted in that photo.
 * @returns The new view in the frame; around it is black, as is what the photo does not hold.
 * @throws {FaceError} `USAGE` for an angle that is not finite.
 * @see Taigman et al., DeepFace, CVPR 2014, figure 1 (h).
 */
export function renderView(image: Image, fit: FaceFit, options: NewViewOptions = {}): Image {
  const { yawDegrees = 0, pitchDegrees = 0, rollDegrees = 0, frame = canonicalFrame() } = options;
  for (const degrees of [yawDegrees, pitchDegrees, rollDegrees]) {
    if (!Number.isFinite(degrees)) throw new FaceError('USAGE', `A view's angles are degrees, got ${degrees}.`);
  }
  const camera = aboutMiddle(cameraOf({ yawDegrees, pitchDegrees, rollDegrees, pxPerMm: 1 }), fit.shape);
  const target = projectShape(camera, fit.shape);
  for (let i = 0; i < target.length; i += 2) {
    target.set(transformPoint(frame.fromReference, [target[i]!, target[i + 1]!]), i);
  }
  return paintFace(image, {
    mesh: faceMesh,
    target,
    source: fit.source,
    visibility: vertexVisibility(triangleVisibility(fit.shape, faceMesh, fit.camera), faceMesh),
    width: frame.sizePx,
    height: frame.sizePx,
    order: depthOrder(fit.shape, { triangles: faceMesh.triangles, camera }),
  }).image;
}

/** The same camera, moved so that the middle of the fiducials stays where it is from the front. */
function aboutMiddle({ x, y }: AffineCamera, shape: Float64Array): AffineCamera {
  const middle = [0, 0, 0];
  for (let i = 0; i < 3 * fiducialCount; i++) middle[i % 3]! += shape[i]! / fiducialCount;
  const [X, Y, Z] = middle as [number, number, number];
  return {
    x: [x[0], x[1], x[2], X - x[0] * X - x[1] * Y - x[2] * Z],
    y: [y[0], y[1], y[2], Y - y[0] * X - y[1] * Y - y[2] * Z],
  };
}
