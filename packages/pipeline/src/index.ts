export type { DecisionTable } from '@kith/evaluation';
export {
  assertSubject,
  type ExportSummary,
  type FaceEntry,
  type GalleryNotice,
  type ImportSummary,
} from '@kith/gallery';
export {
  alignColumns,
  count,
  formatShape,
  type Network,
  networkSvg,
  networkTable,
  type UnitView,
  wholeText,
} from '@kith/network';
export {
  type AlignmentSteps,
  type AlignmentStepsOptions,
  alignmentSteps,
  type NewView,
  type NewViewPose,
  type Step,
} from './alignment-steps.ts';
export type { Decision, HeldThreshold } from './decide.ts';
export { type DecodeOptions, decodeImage, defaultMaxPixels } from './decode-image.ts';
export { type DiagnoseOptions, type Diagnosis, diagnose, type LibraryName, type LibraryProbe } from './diagnose.ts';
export { cropAround } from './draw/crop-around.ts';
export { drawAlignment } from './draw/draw-alignment.ts';
export { drawAlignmentSteps } from './draw/draw-alignment-steps.ts';
export { type DecisionCard, type DecisionSection, type DecisionSheet, drawDecisions } from './draw/draw-decisions.ts';
export { drawFaces } from './draw/draw-faces.ts';
export { drawImage } from './draw/draw-image.ts';
export { poseText } from './draw/pose-text.ts';
export type {
  Enrollment,
  EnrollOptions,
  Identification,
  IdentifiedFace,
  IdentifyOptions,
  SubjectDecision,
} from './gallery-answers.ts';
export type { LocatedFace } from './locate-faces.ts';
export {
  accuracyText,
  defaultModel,
  describeModel,
  type FaceModel,
  type LfwFigures,
  type LoadModelOptions,
  listModels,
  loadModel,
  type MeasuredModel,
  type ModelCard,
  type ModelEntry,
  measured,
  millisecondsText,
  modelFigures,
  modelNames,
  type SpeedFigures,
  spaceOfModel,
} from './models/index.ts';
export { openNetwork } from './network-file.ts';
export { type NetworkWeightsOptions, readNetworkWeights } from './network-weights.ts';
export { findNetwork, networks } from './networks.ts';
export {
  assertGalleryModel,
  assertImportable,
  type Gallery,
  type GalleryOptions,
  openGallery,
} from './open-gallery.ts';
export type { Photo } from './photo-levels.ts';
export { minimumFacePx } from './quality.ts';
export { readPhoto } from './read-photo.ts';
export {
  type CompareOptions,
  type Face,
  type FaceOptions,
  isRecognizable,
  openRecognizer,
  type Recognizer,
  type RecognizerOptions,
} from './recognizer.ts';
export { type NetworkPicture, visualizeNetwork } from './visualize-network.ts';
