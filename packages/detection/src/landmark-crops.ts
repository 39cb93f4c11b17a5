import { type Affine, type Box, boxCentre, boxSize, ibug68, type Landmarks, landmark, meanLandmark } from '@kith/core';

/** A square piece of an image, seen at `sidePx`. */
export interface Crop {
  readonly toImage: Affine;
  readonly sidePx: number;
}

/** How much wider than the points' extent an upright crop is. */
const uprightMargin = 1.2;

/** The square around a box, as wide as the box's longer side. */
export function squareAround(box: Box, sidePx: number): Crop {
  const [x, y] = boxCentre(box);
  const { width, height } = boxSize(box);
  // a box counts from pixels' edges, a transform from their centres
  return crop({ centre: [x - 0.5, y - 0.5], extent: Math.max(width, height), radians: 0 }, sidePx);
}

/** The square around a face's points in which its eyes are level. */
export function uprightAround(landmarks: Landmarks, sidePx: number): Crop {
  const [rightX, rightY] = meanLandmark(landmarks, ibug68.rightEye);
  const [leftX, leftY] = meanLandmark(landmarks, ibug68.leftEye);
  const radians = Math.atan2(leftY - rightY, leftX - rightX);
  const cos = Math.cos(radians);
  const sin = Math.sin(radians);
  const [us, vs]: [number[], number[]] = [[], []];
  for (let i = 0; i < landmarks.points.length / 2; i++) {
    const [x, y] = landmark(landmarks, i);
    us.push(cos * x + sin * y);
    vs.push(cos * y - sin * x);
  }
  const [uMin, uMax, vMin, vMax] = [Math.min(...us), Math.max(...us), Math.min(...vs), Math.max(...vs)];
  const [u, v] = [(uMin + uMax) / 2, (vMin + vMax) / 2];
  const extent = Math.max(uMax - uMin, vMax - vMin, 1) * uprightMargin;
  return crop({ centre: [cos * u - sin * v, sin * u + cos * v], extent, radians }, sidePx);
}

/** The same piece of the image, seen in a mirror. */
export function mirroredCrop({ toImage, sidePx }: Crop): Crop {
  const last = sidePx - 1;
  return {
    toImage: {
      ...toImage,
      a: -toImage.a,
      c: toImage.a * last + toImage.c,
      d: -toImage.d,
      f: toImage.d * last + toImage.f,
    },
    sidePx,
  };
}

interface Square {
  readonly centre: readonly [x: number, y: number];
  readonly extent: number;
  readonly radians: number;
}

function crop({ centre: [x, y], extent, radians }: Square, sidePx: number): Crop {
  const scale = extent / sidePx;
  const cos = Math.cos(radians) * scale;
  const sin = Math.sin(radians) * scale;
  const middle = (sidePx - 1) / 2;
  return {
    toImage: { a: cos, b: -sin, c: x - (cos - sin) * middle, d: sin, e: cos, f: y - (sin + cos) * middle },
    sidePx,
  };
}
