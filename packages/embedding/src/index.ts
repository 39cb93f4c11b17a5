export {
  faceApiRecogniser,
  type RecogniserOptions,
  type RecogniserView,
  recogniserPreprocessing,
} from './adapters/face-api.ts';
export type { FaceApiModule } from './adapters/face-api-module.ts';
export { mirrorImage, zoomImage } from './views.ts';
