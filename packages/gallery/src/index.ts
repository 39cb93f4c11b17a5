export { assertExport } from './adapters/export-reader.ts';
export type { GraphOptions } from './adapters/hnswlib-graph.ts';
export { HnswlibIndex, type HnswlibIndexOptions } from './adapters/hnswlib-index.ts';
export {
  approximateFrom,
  type OpenGalleryOptions,
  openGalleryStore,
  readGalleryOrigin,
  readGallerySpace,
} from './adapters/open-gallery.ts';
export type { GalleryOrigin } from './adapters/sqlite-schema.ts';
export type { EmbeddingGallery, NearestFace } from './embedding-gallery.ts';
export { ExactIndex, type VectorSnapshot } from './exact-index.ts';
export { faceId } from './face-id.ts';
export type { ApproximateIndex, IndexMode } from './hybrid-index.ts';
export { type GalleryNotice, noticeCodes, type OnNotice } from './notice.ts';
export type { ExportSummary, FaceEntry, ImportSummary, NewFace } from './store.ts';
export { assertSubject, maxSubjectLength } from './subject.ts';
