import { readFileSync, statSync } from 'node:fs';
import { FaceError } from '@kith/core';
import { systemCodeOf } from '../run/durable-file.ts';

/** A face of a pack, without its pixels. */
export interface PackRow {
  /** Who it is. */
  readonly person: string;
  /** Where it came from, for a reader. */
  readonly file: string;
}

/** What `<name>.json` says of `<name>.u8`. */
export interface PackIndex {
  /** Side of each face. */
  readonly sidePx: number;
  /** Index in `people` of each face. Shape `[count]`. */
  readonly labels: readonly number[];
  readonly people: readonly string[];
  /** Where each face came from. Shape `[count]`. */
  readonly files: readonly string[];
  /** Of the pixels file, in hexadecimal. */
  readonly sha256: string;
  readonly note: string;
}

/** Where a pack lies. */
export interface PackFiles {
  readonly pixels: string;
  readonly index: string;
  /** A line of JSON for each face, while the pack is being written. */
  readonly journal: string;
}

/** @param path - With or without an ending. */
export function packFiles(path: string): PackFiles {
  const base = path.replace(/\.(u8|json)$/, '');
  return { pixels: `${base}.u8`, index: `${base}.json`, journal: `${base}.rows` };
}

/** Bytes of a face: RGB, row-major. */
export function faceBytes(sidePx: number): number {
  return sidePx * sidePx * 3;
}

/** @throws {FaceError} `FILE_NOT_FOUND`; `DATASET_INCOMPLETE` when it is not the index of a pack. */
export function readPackIndex(file: string): PackIndex {
  const text = textOf(file);
  if (text === undefined) throw new FaceError('FILE_NOT_FOUND', `There is no pack at ${file}, or it is not finished.`);
  let index: Partial<PackIndex> | null;
  try {
    index = JSON.parse(text);
  } catch (cause) {
    throw new FaceError('DATASET_INCOMPLETE', `${file} is not the index of a pack: it is not JSON.`, { cause });
  }
  if (!isPackIndex(index)) throw new FaceError('DATASET_INCOMPLETE', `${file} is not the index of a pack.`);
  return index;
}

function isPackIndex(index: Partial<PackIndex> | null): index is PackIndex {
  if (!index) return false;
  const { sidePx, labels, people, files, sha256 } = index;
  return (
    Number.isInteger(sidePx) &&
    Array.isArray(labels) &&
    Array.isArray(people) &&
    Array.isArray(files) &&
    files.length === labels.length &&
    labels.every((label) => Number.isInteger(label) && label >= 0 && label < people.length) &&
    typeof sha256 === 'string'
  );
}

/** A file's text, or nothing where there is no such file. */
export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A file's size in bytes, 0 where there is no such file. */
export function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
