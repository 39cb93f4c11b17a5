export type { Candidate, OperatingPoint, Verification } from './decision.ts';
export { cosineDistance, squaredL2 } from './distance.ts';
export { assertSameSpace, type Embedding, type EmbeddingSpace, formatSpace, l2Normalize } from './embedding.ts';
export { type ErrorCode, errorCodes, FaceError, type FaceErrorOptions } from './errors.ts';
export type {
  AlignedFace,
  Detection,
  Detector,
  Embedder,
  LandmarkDetector,
  Neighbour,
  VectorIndex,
} from './face.ts';
export {
  type Affine,
  type Box,
  boxArea,
  boxCentre,
  boxSize,
  clipBox,
  composeAffine,
  identityAffine,
  intersectionOverUnion,
  invertAffine,
  type Point,
  scaleBox,
  scaleOf,
  transformPoint,
} from './geometry.ts';
export { createImage, type Image } from './image.ts';
export { averageLandmarks, landmarkMirror, mirrorLandmarks } from './landmark-symmetry.ts';
export {
  createLandmarks,
  ibug68,
  interocularPx,
  type LandmarkScheme,
  type Landmarks,
  landmark,
  landmarkSchemes,
  meanLandmark,
  transformLandmarks,
} from './landmarks.ts';
export { createRandom, gaussian, type Random, randomInteger, seedOf, shuffled } from './random.ts';
export { type Shrunk, shrink } from './shrink.ts';
export { type SymmetricEigen, symmetricEigen, symmetricEigenvalues } from './symmetric-eigen.ts';
export { type Beyond, sampleAffine, type WarpOptions, warpAffine } from './warp.ts';
