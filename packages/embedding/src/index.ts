export { type FaceApiModule, faceApiRecogniser } from './adapters/face-api.ts';
export { mirrorImage } from './views.ts';
