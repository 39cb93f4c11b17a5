import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceError } from '@kith/core';

const isPhoto = /\.(jpe?g|png|webp|heic|heif|avif|tiff?|bmp|gif)$/i;

/**
 * Paths of the photos below a folder, in order, relative to it, with slashes. Links are followed, but none back up; hidden files, such as
 * the `._…` that macOS writes beside photos, are none.
 *
 * @throws {FaceError} `FILE_NOT_FOUND` when it is not there.
 */
export async function photosBelow(folder: string): Promise<readonly string[]> {
  const isThere = await stat(folder).then(
    (status) => status.isDirectory(),
    () => false,
  );
  if (!isThere) throw new FaceError('FILE_NOT_FOUND', `There is no folder ${folder}.`);
  return (await photosIn(folder, '', [])).sort();
}

/** @param above - Where the folders above truly lie. */
async function photosIn(folder: string, below: string, above: readonly string[]): Promise<string[]> {
  const here = await realpath(folder);
  if (above.includes(here)) return [];
  const photos: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    const isFolder = entry.isSymbolicLink() ? await leadsToFolder(path) : entry.isDirectory();
    if (isFolder) photos.push(...(await photosIn(path, `${below}${entry.name}/`, [...above, here])));
    else if (isPhoto.test(entry.name)) photos.push(`${below}${entry.name}`);
  }
  return photos;
}

/** A link that leads nowhere stays a photo: it is told of as unreadable. */
async function leadsToFolder(link: string): Promise<boolean> {
  return stat(link).then(
    (status) => status.isDirectory(),
    () => false,
  );
}
