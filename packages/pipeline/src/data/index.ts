export { findImageFolder, imagesOf, type ListedImages, readListedImages, readPairs } from './lfw-images.ts';
export { type MeasuredFace, measureFaces } from './measure-faces.ts';
export { nearestToCentre } from './nearest-to-centre.ts';
export { photosBelow } from './photos-below.ts';
