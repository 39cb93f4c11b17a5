import { createLandmarks, FaceError, ibug68, type Landmarks, landmark, meanLandmark, type Point } from '@kith/core';

/** The middles of the inner lips in `ibug68`, which fall together in a closed mouth, and in `deepface67` are one point. */
const [upperLip, lowerLip] = [62, 66];

/** Fiducials of `deepface67` that stand for the points of `ibug68`. Shape `[68]`. */
export const fiducialsOfIbug68: readonly number[] = Array.from({ length: 68 }, (_, point) => {
  if (point === lowerLip) return upperLip;
  return point > lowerLip ? point - 1 : point;
});

/**
 * Turn the 68 points of a face into DeepFace's 67: the two middles of the inner lips become the one between them.
 *
 * @param landmarks - Of scheme `ibug68`, or `deepface67`, which is returned as it is.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` for another scheme, a wrong count, or a coordinate that is not finite.
 * @see Taigman et al., DeepFace, CVPR 2014, §2.1.
 */
export function toFiducials67(landmarks: Landmarks): Landmarks {
  const { scheme, points } = createLandmarks(landmarks.scheme, landmarks.points);
  if (scheme === 'deepface67') return landmarks;
  if (scheme !== 'ibug68') throw wrongScheme('deepface67', scheme);
  const fiducials = new Float32Array(2 * 67);
  fiducials.set(points.subarray(0, 2 * lowerLip));
  fiducials.set(middle(landmark(landmarks, upperLip), landmark(landmarks, lowerLip)), 2 * upperLip);
  fiducials.set(points.subarray(2 * lowerLip + 2), 2 * lowerLip);
  return createLandmarks('deepface67', fiducials);
}

/**
 * Take the six points of DeepFace's first alignment from a face: centres of the eyes, tip of the nose, corners and middle of the mouth.
 *
 * @param landmarks - Of scheme `ibug68` or `deepface67`; `deepface6` is returned as it is.
 * @throws {FaceError} `LANDMARKS_DEGENERATE` for a wrong count or a coordinate that is not finite.
 * @see Taigman et al., DeepFace, CVPR 2014, §2.1.
 */
export function toFiducials6(landmarks: Landmarks): Landmarks {
  if (landmarks.scheme === 'deepface6') return createLandmarks('deepface6', landmarks.points);
  const face = toFiducials67(landmarks);
  const [noseTip, rightCorner, leftCorner] = [30, 48, 54];
  const six = [
    meanLandmark(face, ibug68.rightEye),
    meanLandmark(face, ibug68.leftEye),
    landmark(face, noseTip),
    landmark(face, rightCorner),
    landmark(face, upperLip),
    landmark(face, leftCorner),
  ];
  return createLandmarks('deepface6', Float32Array.from(six.flat()));
}

function middle([x, y]: Point, [u, v]: Point): Point {
  return [(x + u) / 2, (y + v) / 2];
}

function wrongScheme(wanted: string, got: string): FaceError {
  return new FaceError('LANDMARKS_DEGENERATE', `${wanted} is made from ibug68, got ${got}.`);
}
