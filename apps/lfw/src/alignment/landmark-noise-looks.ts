import {
  type Affine,
  type Box,
  boxCentre,
  boxSize,
  gaussian,
  type Image,
  type LandmarkDetector,
  type Landmarks,
  mirrorLandmarks,
  type Random,
  scaleBox,
  transformLandmarks,
  warpAffine,
} from '@kith/core';

/** How far a look differs from the photo; each within its bounds, uniform. */
export const lookBounds = {
  /** Width of the face's box in px: below the photo's it blurs. */
  facePx: [56, 160],
  rollDegrees: [-15, 15],
  /** Shift of the box, in shares of its width. */
  boxShift: [-0.08, 0.08],
  boxScale: [0.88, 1.14],
  /** Factor on all grey levels. */
  gain: [0.75, 1.25],
  /** Standard deviation of the noise, grey levels. */
  noise: [0, 10],
} as const;

/** How wide a look is, in widths of the face's box. */
const lookWidths = 2;

/**
 * Find a face's landmarks again and again in slightly other pictures of the same photo: turned, resampled, brightened, noisy, every
 * second one mirrored, and the detector's box a little beside.
 *
 * @returns `count` sets of landmarks in px of the photo, with the person's own left and right.
 */
export async function lookRepeatedly(
  photo: Image,
  box: Box,
  { detector, count, random }: { readonly detector: LandmarkDetector; readonly count: number; readonly random: Random },
): Promise<readonly Landmarks[]> {
  const between = ([low, high]: readonly [number, number]) => low + (high - low) * random();
  const found: Landmarks[] = [];
  for (let look = 0; look < count; look++) {
    const isMirrored = look % 2 === 1;
    const facePx = between(lookBounds.facePx);
    const sidePx = Math.round(facePx * lookWidths);
    const toPhoto = lookTransform(box, { facePx, sidePx, isMirrored, degrees: between(lookBounds.rollDegrees) });
    const picture = warpAffine(photo, toPhoto, { width: sidePx, height: sidePx, beyond: 'edge' });
    addNoise(picture, { gain: between(lookBounds.gain), deviation: between(lookBounds.noise), random });
    const scale = between(lookBounds.boxScale);
    const [x, y] = [between(lookBounds.boxShift), between(lookBounds.boxShift)];
    const [landmarks] = await detector.locate(picture, [boxIn({ facePx, sidePx, scale, x, y })]);
    const inPhoto = transformLandmarks(landmarks!, toPhoto);
    found.push(isMirrored ? mirrorLandmarks(inPhoto) : inPhoto);
  }
  return found;
}

interface Look {
  readonly facePx: number;
  readonly sidePx: number;
}

/** From px of the look, in whose middle the face's box is, to px of the photo. */
function lookTransform(
  box: Box,
  { facePx, sidePx, isMirrored, degrees }: Look & { readonly isMirrored: boolean; readonly degrees: number },
): Affine {
  const { width, height } = boxSize(box);
  const [x, y] = boxCentre(box);
  const scale = Math.max(width, height) / facePx;
  const cos = Math.cos((degrees * Math.PI) / 180) * scale;
  const sin = Math.sin((degrees * Math.PI) / 180) * scale;
  const side = isMirrored ? -1 : 1;
  const middle = (sidePx - 1) / 2;
  return {
    a: side * cos,
    b: -sin,
    c: x - 0.5 - (side * cos - sin) * middle,
    d: side * sin,
    e: cos,
    f: y - 0.5 - (side * sin + cos) * middle,
  };
}

/** The face's box in a look, scaled and shifted by shares of its width. */
function boxIn({
  facePx,
  sidePx,
  scale,
  x,
  y,
}: Look & { readonly scale: number; readonly x: number; readonly y: number }): Box {
  const middle = sidePx / (2 * facePx);
  const half = scale / 2;
  return scaleBox(
    { xMin: middle + x - half, yMin: middle + y - half, xMax: middle + x + half, yMax: middle + y + half },
    facePx,
  );
}

/** Brighten or darken a picture in place, and add noise to each byte. */
function addNoise(
  { data }: Image,
  { gain, deviation, random }: { readonly gain: number; readonly deviation: number; readonly random: Random },
): void {
  for (let i = 0; i < data.length; i++) {
    data[i] = Math.min(255, Math.max(0, Math.round(data[i]! * gain + deviation * gaussian(random))));
  }
}
