import { type AlignedFace, type Image, ibug68, interocularPx, type Landmarks, meanLandmark } from '@kith/core';

/** Below this size a face tells too little to be enrolled or asked about: it is a face of about 30 px in all. */
export const minimumFacePx = 12;

/** From this size on, more pixels add nothing: the chip that networks see is no larger. */
const fullDetailPx = 45;

/** Mean squared Laplacian, in squared grey levels, at which sharpness counts one half. */
const halfSharp = 60;

/**
 * Size of a face in px: the larger of eyes to eyes and eyes to mouth, since turning the head shortens only the one and
 * nodding only the other.
 */
export function faceSizePx(landmarks: Landmarks): number {
  const [rx, ry] = meanLandmark(landmarks, ibug68.rightEye);
  const [lx, ly] = meanLandmark(landmarks, ibug68.leftEye);
  const [mx, my] = meanLandmark(landmarks, ibug68.outerLips);
  return Math.max(interocularPx(landmarks), Math.hypot(mx - (rx + lx) / 2, my - (ry + ly) / 2));
}

/**
 * How much a face can be trusted for recognition, in [0, 1], large = good: the geometric mean of its size up to 45 px, the
 * detector's score, and the sharpness of the aligned face, `s / (s + 60)` of its mean squared Laplacian.
 *
 * For ranking one person's photos and for the eye; no decision reads it. What is refused is refused by size alone.
 */
export function faceQuality({
  score,
  landmarks,
  aligned,
}: {
  readonly score: number;
  readonly landmarks: Landmarks;
  readonly aligned: AlignedFace;
}): number {
  const size = Math.min(1, faceSizePx(landmarks) / fullDetailPx);
  const squares = meanSquaredLaplacian(aligned.image);
  return Math.cbrt(size * Math.min(1, Math.max(0, score)) * (squares / (squares + halfSharp)));
}

/** Over the inner pixels of the image's luma; 0 for an image too small to have any. */
function meanSquaredLaplacian({ width, height, data }: Image): number {
  const luma = new Float32Array(width * height);
  for (let i = 0; i < luma.length; i++) {
    luma[i] = 0.299 * data[3 * i]! + 0.587 * data[3 * i + 1]! + 0.114 * data[3 * i + 2]!;
  }
  let sum = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const laplacian = luma[i - 1]! + luma[i + 1]! + luma[i - width]! + luma[i + width]! - 4 * luma[i]!;
      sum += laplacian * laplacian;
    }
  }
  return width > 2 && height > 2 ? sum / ((width - 2) * (height - 2)) : 0;
}
