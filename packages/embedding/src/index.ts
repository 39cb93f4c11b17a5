export { type FaceApiModule, faceApiRecogniser, recogniserViews } from './adapters/face-api.ts';
export { mirrorImage, zoomImage } from './views.ts';
