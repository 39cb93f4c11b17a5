import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FaceError } from '@kith/core';

/** Where a file comes from, and how to tell that it is the one. */
export interface PublishedFile {
  /** Its name in the set's folder. */
  readonly file: string;
  readonly what: string;
  /** Tried in order. */
  readonly urls: readonly string[];
  readonly bytes?: number;
  /** Hexadecimal. */
  readonly sha256?: string;
  /** Where nobody published a sha256. */
  readonly md5?: string;
  /** Who says so, where it is not the set's own publisher. */
  readonly checksumFrom?: string;
}

/** A data set: its origin, its terms, and what a whole copy of it is. */
export interface Manifest {
  readonly name: string;
  readonly title: string;
  readonly homepage: string;
  readonly licence: string;
  readonly citation: readonly string[];
  readonly files: readonly PublishedFile[];
  /** A gzipped tar archive that holds the images' folder. */
  readonly archive?: PublishedFile;
  readonly images: {
    readonly folder: string;
    /** How many images are to be there at least; as many as `list` names, where there is one. */
    readonly count: number;
    /** File beside the manifest with the images' hashes. */
    readonly list?: string;
    /** How many folders, one a person. */
    readonly people?: number;
  };
}

export const datasetNames = ['lfw', 'fiw'] as const;

/**
 * Read a data set's manifest.
 *
 * @param name - One of {@link datasetNames}, or the path of a manifest of your own, which ends in `.json`.
 * @returns The manifest and the path of its list of images, if it has one.
 * @throws {FaceError} `USAGE` when there is none of that name.
 */
export function readManifest(name: string): { readonly manifest: Manifest; readonly listFile: string | undefined } {
  const own = name.endsWith('.json');
  if (!own && !(datasetNames as readonly string[]).includes(name)) {
    throw new FaceError('USAGE', `There is no data set ${JSON.stringify(name)}; known are ${datasetNames.join(', ')}.`);
  }
  const file = own ? resolve(name) : join(dirname(fileURLToPath(import.meta.url)), `${name}.json`);
  try {
    const manifest: Manifest = JSON.parse(readFileSync(file, 'utf8'));
    const { list } = manifest.images;
    return { manifest, listFile: list === undefined ? undefined : join(dirname(file), list) };
  } catch (cause) {
    throw new FaceError('USAGE', `${file} is no manifest that can be read: ${(cause as Error).message}`, { cause });
  }
}
