export { type DlibEmbedderOptions, type DlibView, dlibEmbedder, dlibPreprocessing } from './dlib-embedder.ts';
export { dlibResnet29 } from './dlib-resnet29.ts';
export { dlibResnet29Weights } from './dlib-resnet29-weights.ts';
export { facenetInceptionResnetV1 } from './facenet.ts';
export {
  type FacenetEmbedderOptions,
  type FacenetView,
  facenetEmbedder,
  facenetPreprocessing,
} from './facenet-embedder.ts';
export { facenetWeights, facenetWeightsSha256 } from './facenet-weights.ts';
export * from './networks/index.ts';
export { mirrorImage, zoomImage } from './views.ts';
