import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { FaceError, type Image } from '@kith/core';
import { hashFile } from './hash-file.ts';
import {
  faceBytes,
  type PackIndex,
  type PackRow,
  packFiles,
  readPackIndex,
  sizeOf,
  textOf,
  writeError,
} from './pack-format.ts';

export interface CreatePackOptions {
  /** Side of each face. */
  readonly sidePx: number;
  /** What is in it and where it came from. */
  readonly note?: string;
}

/** A pack that is being written. */
export interface PackWriter {
  /** The faces it has: those of an earlier, stopped writing too. */
  readonly rows: readonly PackRow[];
  /** @throws {FaceError} `USAGE` when the image is not of the pack's side; `DISK_FULL`. */
  append(image: Image, row: PackRow): void;
  /** Write the index, which makes it a pack. People are numbered by their names' order. */
  finish(): Promise<PackIndex>;
  /** Stop; a later {@link createPack} goes on. */
  close(): void;
}

/**
 * Start a pack of faces, or go on with one that was stopped at any moment or finished. Pixels go to `<name>.u8` and a line for each
 * face to `<name>.rows`, in this order; what is not whole in both is dropped. `finish` puts `<name>.json` in the place of the lines.
 *
 * @param path - With or without an ending.
 * @throws {FaceError} `USAGE` when the pack begun there has another side; `DISK_FULL`.
 */
export function createPack(path: string, { sidePx, note = '' }: CreatePackOptions): PackWriter {
  if (!Number.isInteger(sidePx) || sidePx < 1)
    throw new FaceError('USAGE', `A side is a whole number of px, got ${sidePx}.`);
  const files = packFiles(path);
  const header = JSON.stringify({ sidePx });
  const begun = begunRows(files, sidePx, header);
  const rows = begun.slice(0, Math.floor(sizeOf(files.pixels) / faceBytes(sidePx)));
  const written = <T>(write: () => T): T => {
    try {
      return write();
    } catch (error) {
      throw writeError(error, files.pixels);
    }
  };
  written(() => replaceFile(files.journal, `${[header, ...rows.map(lineOf)].join('\n')}\n`));
  rmSync(files.index, { force: true });
  const pixels = openSync(files.pixels, sizeOf(files.pixels) > 0 ? 'r+' : 'w');
  const journal = openSync(files.journal, 'r+');
  let journalBytes = sizeOf(files.journal);
  ftruncateSync(pixels, rows.length * faceBytes(sidePx));
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    closeSync(pixels);
    closeSync(journal);
  };
  return {
    rows,
    append: ({ width, height, data }, row) => {
      if (width !== sidePx || height !== sidePx) {
        throw new FaceError(
          'USAGE',
          `The pack takes faces of ${sidePx} × ${sidePx} px, got ${width} × ${height} (${row.file}).`,
        );
      }
      written(() => {
        writeWhole(pixels, data, rows.length * data.length);
        journalBytes += writeWhole(journal, Buffer.from(`${lineOf(row)}\n`), journalBytes);
      });
      rows.push(row);
    },
    finish: async () => {
      written(() => fsyncSync(pixels));
      close();
      const index = { sidePx, ...numbered(rows), sha256: await hashFile(files.pixels), note };
      written(() => replaceFile(files.index, `${JSON.stringify(index)}\n`));
      rmSync(files.journal, { force: true });
      return index;
    },
    close,
  };
}

/** The rows of the journal, or of the finished pack, that stands there. */
function begunRows(files: ReturnType<typeof packFiles>, sidePx: number, header: string): PackRow[] {
  const journal = textOf(files.journal);
  if (journal === undefined && textOf(files.index) !== undefined) {
    const index = readPackIndex(files.index);
    if (index.sidePx !== sidePx) throw otherSide(files.index, sidePx);
    return index.files.map((file, row) => ({ person: index.people[index.labels[row]!]!, file }));
  }
  // the last line is empty, or not whole
  const [first, ...lines] = (journal ?? '').split('\n').slice(0, -1);
  if (first !== undefined && first !== header) throw otherSide(files.journal, sidePx);
  return lines.map((line) => JSON.parse(line));
}

function otherSide(file: string, sidePx: number): FaceError {
  return new FaceError(
    'USAGE',
    `${file} belongs to a pack of another side than ${sidePx} px; give the side it has, or another name.`,
  );
}

function lineOf({ person, file }: PackRow): string {
  return JSON.stringify({ person, file });
}

function numbered(rows: readonly PackRow[]): Pick<PackIndex, 'labels' | 'people' | 'files'> {
  const people = [...new Set(rows.map(({ person }) => person))].sort();
  const labelOf = new Map(people.map((person, label) => [person, label]));
  return { labels: rows.map(({ person }) => labelOf.get(person)!), people, files: rows.map(({ file }) => file) };
}

function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.tmp`, text, { flush: true });
  renameSync(`${file}.tmp`, file);
}

/** @param position - In bytes. @returns How many bytes there are. */
function writeWhole(descriptor: number, bytes: Uint8Array, position: number): number {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
  }
  return bytes.length;
}
