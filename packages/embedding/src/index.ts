export {
  type FaceApiModule,
  faceApiRecogniser,
  type RecogniserOptions,
  type RecogniserView,
  recogniserPreprocessing,
} from './adapters/face-api.ts';
export { mirrorImage, zoomImage } from './views.ts';
