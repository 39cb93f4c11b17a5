export { type DecodeOptions, decodeImage, defaultMaxPixels } from './decode-image.ts';
export { readPhoto } from './read-photo.ts';
