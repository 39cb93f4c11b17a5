import { readFileSync } from 'node:fs';
import { FaceError } from '@kith/core';

const heading = [
  '# sha256 of images: a person a line, then number:hash for each of their images <person>/<person>_<number, four digits>.jpg.',
  '# The hash is base64url of the 32 bytes.',
];

/** The path of a person's image in the images' folder, with forward slashes. */
export function imagePath(person: string, number: number): string {
  return `${person}/${person}_${String(number).padStart(4, '0')}.jpg`;
}

/**
 * Read a list of images and their hashes.
 *
 * @returns From an image's path to the sha256 of its bytes, in base64url.
 * @throws {FaceError} `DATASET_INCOMPLETE` when a line does not fit the format.
 */
export function readImageList(file: string): Map<string, string> {
  const hashes = new Map<string, string>();
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const [person = '', ...images] = line.split(' ');
    for (const image of images) {
      const [, number, hash] = /^(\d+):([\w-]{43})$/.exec(image) ?? [];
      if (number === undefined || hash === undefined) {
        throw new FaceError(
          'DATASET_INCOMPLETE',
          `${file}:${index + 1}: expected number:hash, got ${JSON.stringify(image)}.`,
        );
      }
      hashes.set(imagePath(person, Number(number)), hash);
    }
  }
  return hashes;
}

/** Write {@link readImageList}'s format. */
export function formatImageList(hashes: ReadonlyMap<string, string>): string {
  const people = new Map<string, string[]>();
  for (const [path, hash] of [...hashes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [, person, number] = /^(.+)\/\1_(\d{4})\.jpg$/.exec(path) ?? [];
    if (person === undefined) throw new FaceError('DATASET_INCOMPLETE', `${path} is not named as a person's image is.`);
    people.set(person, [...(people.get(person) ?? []), `${Number(number)}:${hash}`]);
  }
  return `${[...heading, ...[...people].map(([person, images]) => `${person} ${images.join(' ')}`)].join('\n')}\n`;
}
