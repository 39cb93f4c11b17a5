export {
  type FaceApiDetectorOptions,
  type FaceApiModule,
  faceApiLandmarks,
  faceApiSsd,
  faceApiTiny,
} from './adapters/face-api.ts';
export { type CascadeOptions, type CascadeStage, cascade } from './cascade.ts';
export { averageLandmarks, mirrorLandmarks } from './landmark-symmetry.ts';
export { padded } from './padded.ts';
