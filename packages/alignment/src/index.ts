export { alignToTemplate, templateToImage } from './align.ts';
export { alignInPlane, type InPlaneFace, type InPlaneOptions, type InPlaneRound } from './align-in-plane.ts';
export { alignToBox, type BoxCrop, detectorBox, facenetBox } from './box-crop.ts';
export {
  type AffineCamera,
  type CameraOptions,
  fitCamera,
  projectPoint,
  projectShape,
  uprightRadians,
} from './camera.ts';
export { type CanonicalFrame, canonicalFrame, frameOfHead, frameOfTemplate, frontOf } from './canonical-frame.ts';
export { type DeepfaceEmbedderOptions, deepfaceEmbedder, deepfaceFeaturesOf } from './deepface/deepface-embedder.ts';
export {
  deepfaceFeatures,
  leastMaximum,
  maximaName,
  takeMaxima,
  trainingMaxima,
  withMaxima,
} from './deepface/features.ts';
export { fitLinearSvm, type LinearSvm, type LinearSvmOptions } from './deepface/linear-svm.ts';
export { fitLogistic, type LabelledRows, type Logistic, type LogisticOptions } from './deepface/logistic.ts';
export {
  innerProductDistance,
  type LearnedDistance,
  learnChiSquareWeights,
  learnSiamese,
  siameseDistance,
  weightedChiSquare,
} from './deepface/metrics.ts';
export type { FacePairs } from './deepface/pair-terms.ts';
export { depthOrder } from './depth-order.ts';
export { type FaceMesh, faceMesh } from './face-mesh.ts';
export { fiducialsOfIbug68, toFiducials6, toFiducials67 } from './fiducials.ts';
export { type FaceFit, fitFace } from './fit-face.ts';
export {
  type FrontalizedFace,
  type FrontalizeOptions,
  frontalize,
  leastInsideShare,
  mostYawDegrees,
} from './frontalize.ts';
export { alignToHead } from './head-crop.ts';
export { createLandmarkCovariance, type LandmarkCovariance, landmarkCovariance } from './landmark-covariance.ts';
export { type DeepfaceOptions, type DeepfaceSizes, deepface, deepfaceOf, smallDeepface } from './networks/deepface.ts';
export { type NewViewOptions, renderView } from './new-view.ts';
export { cameraOf, type Pose, type PoseAxes, poseAxes, poseOf } from './pose.ts';
export { fiducialCount, referenceShape, ringCount } from './reference-shape.ts';
export { fitSimilarity } from './similarity.ts';
export {
  type Anchor,
  anchorPoints,
  arcface112,
  type ChipOptions,
  deepfaceAnchors,
  dlibChip5,
  dlibChip51,
  facenetHead,
  type HeadCrop,
  openfaceOuterEyesAndNose,
  type Template,
} from './templates.ts';
export { triangleVisibility, type VisibilityOptions, vertexVisibility } from './visibility.ts';
export { type MeshWarpOptions, type WarpedMesh, warpMesh } from './warp-mesh.ts';
