export { type DlibEmbedderOptions, dlibEmbedder, dlibPreprocessing } from './dlib-embedder.ts';
export { dlibResnet29 } from './dlib-resnet29.ts';
export { dlibResnet29Weights } from './dlib-resnet29-weights.ts';
export {
  concatenateEmbeddings,
  type Ensemble,
  type EnsembleMember,
  type EnsembleOptions,
  ensembleEmbedder,
} from './ensemble.ts';
export { type EnsembleSpaceOptions, ensembleSpace } from './ensemble-space.ts';
export { facenetInceptionResnetV1 } from './facenet.ts';
export {
  type FacenetEmbedderOptions,
  facenetEmbedder,
  facenetPreprocessing,
} from './facenet-embedder.ts';
export { facenetWeights, facenetWeightsSha256 } from './facenet-weights.ts';
export { type NetworkEmbedderOptions, networkEmbedder } from './network-embedder.ts';
export * from './networks/index.ts';
export {
  fitPrincipalComponents,
  type PrincipalComponents,
  type PrincipalComponentsOptions,
  principalComponentsWeights,
  projectToComponents,
  readPrincipalComponents,
} from './principal-components.ts';
export { type FaceView, lookAt, mirrorImage, nameViews, zoomImage } from './views.ts';
