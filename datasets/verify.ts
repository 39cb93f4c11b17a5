import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { faultOf, hashFile } from './checksum.ts';
import { readImageList } from './image-list.ts';
import type { Manifest } from './manifest.ts';
import type { Progress } from './progress.ts';

/** What is wrong with a copy of a data set; nothing is when `missing` and `altered` are empty. Paths are relative to its folder. */
export interface Verdict {
  readonly missing: readonly string[];
  readonly altered: readonly string[];
  /** There, but not pinned: photos no pair names, notes, stray files. No fault. */
  readonly extra: readonly string[];
  /** Files whose content was checked. */
  readonly checked: number;
}

/** Hold a folder against a manifest and its list of images. */
export async function verifyDataset(
  manifest: Manifest,
  dir: string,
  { listFile, progress = () => {} }: { readonly listFile: string | undefined; readonly progress?: Progress },
): Promise<Verdict> {
  const files = await verifyFiles(manifest, dir);
  const images =
    listFile === undefined
      ? countImages(manifest, dir)
      : await verifyImages(manifest, dir, { hashes: readImageList(listFile), progress });
  return {
    missing: [...files.missing, ...images.missing],
    altered: [...files.altered, ...images.altered],
    extra: images.extra,
    checked: files.checked + images.checked,
  };
}

async function verifyFiles({ files }: Manifest, dir: string): Promise<Verdict> {
  const missing: string[] = [];
  const altered: string[] = [];
  for (const published of files) {
    const fault = await faultOf(join(dir, published.file), published);
    if (fault === 'missing') missing.push(published.file);
    else if (fault !== undefined) altered.push(`${published.file} (${fault})`);
  }
  return { missing, altered, extra: [], checked: files.length - missing.length };
}

async function verifyImages(
  { images }: Manifest,
  dir: string,
  { hashes, progress }: { readonly hashes: ReadonlyMap<string, string>; readonly progress: Progress },
): Promise<Verdict> {
  const present = new Set(filesBelow(join(dir, images.folder)));
  const missing: string[] = [];
  const altered: string[] = [];
  let done = 0;
  for (const [path, expected] of hashes) {
    const named = `${images.folder}/${path}`;
    if (!present.delete(path)) missing.push(named);
    else if ((await hashFile(join(dir, images.folder, path))).toString('base64url') !== expected) altered.push(named);
    progress(++done, hashes.size);
  }
  return {
    missing,
    altered,
    extra: [...present].map((path) => `${images.folder}/${path}`),
    checked: hashes.size - missing.length,
  };
}

/** Where nobody published hashes, the number of people and of their images is all there is to hold it against. */
function countImages({ images }: Manifest, dir: string): Verdict {
  const paths = filesBelow(join(dir, images.folder)).filter((path) => path.endsWith('.jpg'));
  const people = new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/'))));
  const missing: string[] = [];
  if (paths.length < images.count)
    missing.push(`${images.folder}: ${paths.length} images where ${images.count} are expected`);
  if (images.people !== undefined && people.size < images.people)
    missing.push(`${images.folder}: ${people.size} people where ${images.people} are expected`);
  return { missing, altered: [], extra: [], checked: 0 };
}

/** Files in a folder and its folders, as paths with forward slashes, in order. */
function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
