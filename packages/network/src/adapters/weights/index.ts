export { decodeFaceApiWeights, readFaceApiWeights } from './face-api-weights.ts';
export { readNpy } from './npy.ts';
export { type NpyFolderOptions, readNpyFolder } from './npy-folder.ts';
export {
  decodeSafetensors,
  type EncodeOptions,
  encodeSafetensors,
  leastPrecision,
  type Precision,
  type Safetensors,
} from './safetensors.ts';
export { manifestPath, readWeights, type WriteWeightsOptions, writeWeights } from './weights-file.ts';
export type { WeightsManifest, WeightsNotes, WeightsProvenance } from './weights-manifest.ts';
