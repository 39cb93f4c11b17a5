export { type DlibEmbedderOptions, dlibEmbedder, dlibPreprocessing } from './dlib-embedder.ts';
export { dlibResnet29 } from './dlib-resnet29.ts';
export { dlibResnet29Weights } from './dlib-resnet29-weights.ts';
export { facenetInceptionResnetV1 } from './facenet.ts';
export {
  type FacenetEmbedderOptions,
  facenetEmbedder,
  facenetPreprocessing,
} from './facenet-embedder.ts';
export { facenetWeights, facenetWeightsSha256 } from './facenet-weights.ts';
export { type NetworkEmbedderOptions, networkEmbedder } from './network-embedder.ts';
export * from './networks/index.ts';
export { type FaceView, lookAt, mirrorImage, nameViews, zoomImage } from './views.ts';
