import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FaceError } from '@kith/core';
import { faultOf } from './checksum.ts';
import { download } from './download.ts';
import type { Manifest, PublishedFile } from './manifest.ts';
import { showProgress } from './progress.ts';
import { unpackFolder } from './unpack.ts';
import { type Verdict, verifyDataset } from './verify.ts';

export interface FetchOptions {
  readonly listFile: string | undefined;
  readonly quiet?: boolean;
}

/** A file that could not be had. */
interface Failure {
  readonly published: PublishedFile;
  readonly reason: string;
}

/**
 * Get what a folder lacks of a data set: download, check, unpack, check again. What is there and right stays as it is.
 *
 * @throws {FaceError} `DATASET_INCOMPLETE`, with which file to put where, when something cannot be downloaded.
 */
export async function fetchDataset(
  manifest: Manifest,
  dir: string,
  { listFile, quiet = false }: FetchOptions,
): Promise<Verdict> {
  mkdirSync(dir, { recursive: true });
  const check = () =>
    verifyDataset(manifest, dir, {
      listFile,
      progress: showProgress(`${manifest.name}: checking`, { unit: 'files', quiet }),
    });
  const before = await check();
  if (isWhole(before)) return before;
  const failures: Failure[] = [];
  for (const published of manifest.files) await getFile(published, dir, { quiet, failures });
  const { archive, images } = manifest;
  if (
    lacksImages(before, images.folder) &&
    archive !== undefined &&
    (await getFile(archive, dir, { quiet, failures }))
  ) {
    await unpackFolder(join(dir, archive.file), images.folder, {
      into: dir,
      progress: showProgress(`${manifest.name}: unpacking`, { unit: 'entries', quiet }),
    });
  }
  if (failures.length > 0 || archive === undefined)
    throw new FaceError(
      'DATASET_INCOMPLETE',
      [...failures.map(({ reason }) => reason), ...byHand(manifest, dir, failures)].join('\n'),
    );
  return check();
}

/** Whether a copy is whole and unaltered. */
export function isWhole({ missing, altered }: Verdict): boolean {
  return missing.length === 0 && altered.length === 0;
}

function lacksImages({ missing, altered }: Verdict, folder: string): boolean {
  return [...missing, ...altered].some((path) => path.startsWith(`${folder}/`));
}

/** @returns Whether the file is there and right; else why not is added to `failures`. */
async function getFile(
  published: PublishedFile,
  dir: string,
  { quiet, failures }: { readonly quiet: boolean; readonly failures: Failure[] },
): Promise<boolean> {
  const target = join(dir, published.file);
  if ((await faultOf(target, published)) === undefined) return true;
  try {
    await download(published, target, { progress: showProgress(published.file, { unit: 'bytes', quiet }) });
    return true;
  } catch (error) {
    if (!(error instanceof FaceError)) throw error;
    failures.push({ published, reason: error.message });
    return false;
  }
}

/** What to do where a download does not work. */
function byHand({ archive, homepage, images, name }: Manifest, dir: string, failures: readonly Failure[]): string[] {
  const lines = failures.map(
    ({ published }) =>
      `  ${join(dir, published.file)}\n    from ${published.urls.join(' or ')}${checksumNote(published)}`,
  );
  if (archive === undefined) {
    lines.push(`  ${join(dir, images.folder)}: a folder for each person with their images, from ${homepage}`);
  }
  return [`Get these yourself, put them here, and run it again (npm run datasets -- fetch ${name}):`, ...lines];
}

function checksumNote({ sha256, md5 }: PublishedFile): string {
  if (sha256 !== undefined) return `, sha256 ${sha256}`;
  return md5 === undefined ? '' : `, md5 ${md5}`;
}
