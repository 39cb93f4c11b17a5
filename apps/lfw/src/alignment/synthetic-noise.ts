import { fiducialsOfIbug68, landmarkCovariance } from '@kith/alignment';
import { createLandmarks, gaussian, interocularPx, type Landmarks, type Random } from '@kith/core';

const coordinates = 134;

/** Root mean square of Σ's deviations, that noise is measured by. */
const rootMeanSquare = (() => {
  let sum = 0;
  for (const value of landmarkCovariance.lower) sum += value * value;
  return Math.sqrt(sum / coordinates);
})();

/**
 * Add errors drawn from N(0, Σ), Σ being the landmark net's: in the upright frame, turned as the face is.
 *
 * @param landmarks - Of scheme `ibug68`; the two middles of the inner lips, one fiducial, err alike.
 * @param share - Root mean square error of a coordinate, in distances between the eyes of an unturned face.
 */
export function addLandmarkNoise(
  landmarks: Landmarks,
  {
    share,
    eyesPx = interocularPx(landmarks),
    rollDegrees = 0,
    random,
  }: {
    readonly share: number;
    readonly eyesPx?: number;
    readonly rollDegrees?: number;
    readonly random: Random;
  },
): Landmarks {
  const white = Float64Array.from({ length: coordinates }, () => gaussian(random));
  const scale = (share * eyesPx) / rootMeanSquare;
  const noise = new Float64Array(coordinates);
  for (let row = 0; row < coordinates; row++) {
    for (let column = 0; column <= row; column++) {
      noise[row]! += scale * landmarkCovariance.lower[row * coordinates + column]! * white[column]!;
    }
  }
  const [cos, sin] = [Math.cos((rollDegrees * Math.PI) / 180), Math.sin((rollDegrees * Math.PI) / 180)];
  const points = Float32Array.from(landmarks.points);
  for (let i = 0; i < 68; i++) {
    const from = 2 * fiducialsOfIbug68[i]!;
    const [x, y] = [noise[from]!, noise[from + 1]!];
    points[2 * i]! += cos * x - sin * y;
    points[2 * i + 1]! += sin * x + cos * y;
  }
  return createLandmarks('ibug68', points);
}
