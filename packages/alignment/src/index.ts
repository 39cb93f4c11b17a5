export { alignToTemplate } from './align.ts';
export { alignToHead } from './head-crop.ts';
export { type DeepfaceOptions, deepface, deepfaceOf } from './networks/deepface.ts';
export { fitSimilarity } from './similarity.ts';
export { type ChipOptions, dlibChip5, dlibChip51, facenetHead, type HeadCrop, type Template } from './templates.ts';
export { type MeshWarpOptions, type WarpedMesh, warpMesh } from './warp-mesh.ts';
