import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { FaceError, formatSpace, seedOf } from '@kith/core';
import type { Recognizer } from '@kith/pipeline';
import { type MeasuredFace, measureFaces } from '@kith/pipeline/data';
import { withProgress } from '@kith/terminal';
import { replaceFile } from '@kith/training/run';

export interface FindFacesOptions {
  /** What the paths are relative to. */
  readonly folder: string;
  readonly paths: readonly string[];
  /** Where what was found is kept. */
  readonly cache: string;
  readonly label: string;
  readonly signal: AbortSignal;
}

/** The faces of a set of photos. */
export interface FoundFaces {
  readonly faces: readonly MeasuredFace[];
  /** Photos in which no face was found. */
  readonly withoutFace: number;
  /** Photos that cannot be decoded. */
  readonly unreadable: readonly string[];
}

/**
 * Find the face nearest the centre of each photo, its landmarks and its embedding by the default model; kept, and not done again.
 *
 * @throws {FaceError} `CANCELLED` after an abort, what is done being kept; `SPACE_MISMATCH` when what is kept is of another model.
 */
export async function findFaces(
  recognizer: Recognizer,
  { folder, paths, cache, label, signal }: FindFacesOptions,
): Promise<FoundFaces> {
  const unreadable: string[] = [];
  const file = join(cache, `${cacheName(folder)}.ndjson`);
  await assertSpace(recognizer, file);
  const found = await withProgress(paths.length, { label }, (progress) =>
    measureFaces(recognizer, {
      ...{ folder, paths, file, signal },
      onFace: progress.tick,
      onUnreadable: (path) => unreadable.push(path),
    }),
  );
  const faces = found.filter((face) => face !== undefined);
  return { faces, withoutFace: paths.length - faces.length - unreadable.length, unreadable };
}

/** See that embeddings that are kept are of the default model's space, which stands beside them. */
async function assertSpace({ model }: Recognizer, file: string): Promise<void> {
  const [path, got] = [`${file}.space`, formatSpace(model.space)];
  const kept = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (kept === undefined) await replaceFile(path, got);
  else if (kept !== got) {
    throw new FaceError('SPACE_MISMATCH', `${file} holds embeddings of ${kept}, got ${got}. Give another --cache.`);
  }
}

/** A name for files about a folder, told from folders of the same name elsewhere. */
export function cacheName(folder: string): string {
  const path = resolve(folder);
  const number = seedOf(...Array.from(path, (letter) => letter.codePointAt(0)!));
  return `${basename(path)}-${number.toString(36)}`;
}

/** @param remedy - What to do about them. @throws {FaceError} `IMAGE_UNREADABLE` with the first of them. */
export function assertReadable(
  unreadable: readonly string[],
  { folder, remedy }: { readonly folder: string; readonly remedy: string },
): void {
  if (unreadable.length === 0) return;
  const listed = unreadable.slice(0, 5).join(', ');
  const others = unreadable.length > 5 ? ` and ${unreadable.length - 5} more` : '';
  throw new FaceError(
    'IMAGE_UNREADABLE',
    `${unreadable.length} photos below ${folder} cannot be read: ${listed}${others}. ${remedy}`,
  );
}
