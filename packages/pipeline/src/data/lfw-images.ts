import { access, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceError } from '@kith/core';
import { lfwImagePath, type PairList, parseLfwPairs } from '@kith/evaluation';

/** Where the images may lie below the folder that was named: itself, or as the official archives unpack. */
const subfolders = ['', 'lfw-deepfunneled', 'lfw', 'lfw/lfw-deepfunneled', 'lfw_funneled'];

/**
 * Read and parse a pair list.
 *
 * @throws {FaceError} `FILE_NOT_FOUND`, or `PAIRS_MALFORMED` with file and line.
 */
export async function readPairs(file: string): Promise<PairList> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new FaceError('FILE_NOT_FOUND', `The pair list ${file} cannot be read.`, { cause });
  });
  return parseLfwPairs(text, { file });
}

/** The images that lists name, each once, in the order they come. Paths are relative to LFW's folder. */
export function imagesOf(lists: readonly PairList[]): readonly string[] {
  return [
    ...new Set(
      lists.flatMap(({ pairs }) => pairs.flatMap(({ one, other }) => [lfwImagePath(one), lfwImagePath(other)])),
    ),
  ];
}

/** The images that lists name: their folder, and their paths inside it. */
export interface ListedImages {
  readonly folder: string;
  readonly paths: readonly string[];
}

/**
 * Read pair lists and find the images they name.
 *
 * @throws {FaceError} As {@link readPairs} and {@link findImageFolder}.
 */
export async function readListedImages(images: string, pairs: readonly string[]): Promise<ListedImages> {
  const lists = await Promise.all(pairs.map(readPairs));
  return { folder: await findImageFolder(images, lists), paths: imagesOf(lists) };
}

/**
 * Find the folder that has the images of the lists: the named one, or LFW's own inside it.
 *
 * @throws {FaceError} `FILE_NOT_FOUND` when the folder is missing; `DATASET_INCOMPLETE` naming the first missing image and the line
 * that asks for it.
 */
export async function findImageFolder(named: string, lists: readonly PairList[]): Promise<string> {
  const isFolder = await stat(named).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new FaceError('FILE_NOT_FOUND', `There is no folder ${named}.`);
  const candidates = subfolders.map((subfolder) => join(named, subfolder));
  const missing = await Promise.all(candidates.map((folder) => missingImages(folder, lists)));
  const best = missing.reduce((least, each, at) => (each.length < missing[least]!.length ? at : least), 0);
  const [first] = missing[best]!;
  if (first === undefined) return candidates[best]!;
  const others = missing[best]!.length - 1;
  const andOthers = others === 0 ? '' : others === 1 ? ', nor is 1 other image' : `, nor are ${others} other images`;
  throw new FaceError(
    'DATASET_INCOMPLETE',
    `${first.file}:${first.line}: ${first.path} is not in ${candidates[best]}${andOthers}.`,
  );
}

interface MissingImage {
  readonly path: string;
  readonly file: string;
  readonly line: number;
}

async function missingImages(folder: string, lists: readonly PairList[]): Promise<readonly MissingImage[]> {
  const asked = new Map<string, MissingImage>();
  for (const { file, pairs } of lists) {
    for (const { one, other, line } of pairs) {
      for (const path of [lfwImagePath(one), lfwImagePath(other)]) {
        if (!asked.has(path)) asked.set(path, { path, file, line });
      }
    }
  }
  const images = [...asked.values()];
  const present = await Promise.all(
    images.map(({ path }) =>
      access(join(folder, path)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return images.filter((_, at) => !present[at]);
}
