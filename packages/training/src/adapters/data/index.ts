export { type CreatePackOptions, createPack, type PackWriter } from './create-pack.ts';
export type { DecodeOptions, PackedImages, UnreadableImage } from './decode-into-pack.ts';
export { type LoadedBatch, type Loader, type LoaderOptions, openLoader } from './loader.ts';
export { type OpenPackOptions, openPack, type Pack, readFaces } from './open-pack.ts';
export { createPackFromArchive, type PackArchiveOptions } from './pack-archive.ts';
export type { PackIndex, PackRow } from './pack-format.ts';
export { createPackFromImages, type PackImagesOptions } from './pack-images.ts';
export { createPackFromList, type PackListOptions } from './pack-list.ts';
