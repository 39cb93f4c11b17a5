export type { Candidates } from './candidates.ts';
export { type CascadeOptions, type CascadeStage, cascade } from './cascade.ts';
export { type LandmarkDetectorOptions, type LandmarkLooks, landmarkDetector } from './landmark-detector.ts';
export { lazyDetector } from './lazy-detector.ts';
export { letterbox } from './letterbox.ts';
export { faceApiLandmarks } from './networks/face-api-landmarks.ts';
export { faceApiSsd } from './networks/face-api-ssd.ts';
export { faceApiTiny } from './networks/face-api-tiny.ts';
export {
  faceApiLandmarksWeights,
  faceApiSsdWeights,
  faceApiTinyWeights,
  type RawWeights,
} from './networks/face-api-weights.ts';
export { nonMaximumSuppression, type SuppressionOptions } from './non-maximum-suppression.ts';
export { padded } from './padded.ts';
export { type DetectorOptions, ssdDetector, tinyDetector } from './session-detectors.ts';
export { ssdCandidates, ssdPriors } from './ssd-boxes.ts';
export { type TinyOptions, tinyCandidates } from './tiny-boxes.ts';
