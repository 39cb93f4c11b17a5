export { type CreatePackOptions, createPack, type PackWriter } from './create-pack.ts';
export { type LoadedBatch, type Loader, type LoaderOptions, openLoader } from './loader.ts';
export { type OpenPackOptions, openPack, type Pack, readFaces } from './open-pack.ts';
export type { PackIndex, PackRow } from './pack-format.ts';
export {
  createPackFromImages,
  type PackedImages,
  type PackImagesOptions,
  type UnreadableImage,
} from './pack-images.ts';
