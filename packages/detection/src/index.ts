export {
  type FaceApiDetectorOptions,
  faceApiLandmarks,
  faceApiSsd,
  faceApiTiny,
} from './adapters/face-api.ts';
export type { FaceApiModule } from './adapters/face-api-module.ts';
export { type CascadeOptions, type CascadeStage, cascade } from './cascade.ts';
export { averageLandmarks, mirrorLandmarks } from './landmark-symmetry.ts';
export { padded } from './padded.ts';
