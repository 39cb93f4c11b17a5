import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { FaceError, type Image } from '@kith/core';
import { replaceFile, writeError } from '../run/durable-file.ts';
import { hashFile } from './hash-file.ts';
import {
  faceBytes,
  type PackFiles,
  type PackIndex,
  type PackRow,
  packFiles,
  readPackIndex,
  sizeOf,
  textOf,
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
  if (!Number.isInteger(sidePx) || sidePx < 1) {
    throw new FaceError('USAGE', `A side is a whole number of px of at least 1, got ${sidePx}.`);
  }
  return new FileWriter(packFiles(path), { sidePx, note });
}

class FileWriter implements PackWriter {
  readonly rows: PackRow[];
  private readonly files: PackFiles;
  private readonly options: Required<CreatePackOptions>;
  private readonly pixels: number;
  private readonly journal: number;
  private journalBytes: number;
  private isOpen = true;

  constructor(files: PackFiles, options: Required<CreatePackOptions>) {
    this.files = files;
    this.options = options;
    const { sidePx } = options;
    const begun = begunRows(files, sidePx);
    this.rows = begun.slice(0, Math.floor(sizeOf(files.pixels) / faceBytes(sidePx)));
    this.written(() => {
      mkdirSync(dirname(files.journal), { recursive: true });
      const lines = [headerOf(sidePx), ...this.rows.map(lineOf)].join('');
      writeFileSync(`${files.journal}.tmp`, lines, { flush: true });
      renameSync(`${files.journal}.tmp`, files.journal);
    });
    // from here on it is not finished any more
    rmSync(files.index, { force: true });
    this.pixels = openSync(files.pixels, sizeOf(files.pixels) > 0 ? 'r+' : 'w');
    this.journal = openSync(files.journal, 'r+');
    this.journalBytes = sizeOf(files.journal);
    ftruncateSync(this.pixels, this.rows.length * faceBytes(sidePx));
  }

  append({ width, height, data }: Image, row: PackRow): void {
    const { sidePx } = this.options;
    if (width !== sidePx || height !== sidePx) {
      const got = `got ${width} × ${height} (${row.file})`;
      throw new FaceError('USAGE', `The pack takes faces of ${sidePx} × ${sidePx} px, ${got}.`);
    }
    this.written(() => {
      writeAt(this.pixels, data, this.rows.length * data.length);
      // only a whole line counts: after a failure the next one is written over what there is of it
      this.journalBytes += writeAt(this.journal, Buffer.from(lineOf(row)), this.journalBytes);
    });
    this.rows.push(row);
  }

  async finish(): Promise<PackIndex> {
    const { sidePx, note } = this.options;
    this.written(() => fsyncSync(this.pixels));
    this.close();
    const index = { sidePx, ...numbered(this.rows), sha256: await hashFile(this.files.pixels), note };
    await replaceFile(this.files.index, `${JSON.stringify(index)}\n`);
    rmSync(this.files.journal, { force: true });
    return index;
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeSync(this.pixels);
    closeSync(this.journal);
  }

  private written(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw writeError(error, this.files.pixels);
    }
  }
}

/** The rows of the journal, or of the finished pack, that stands there. */
function begunRows({ journal, index }: PackFiles, sidePx: number): PackRow[] {
  const text = textOf(journal);
  if (text === undefined) return textOf(index) === undefined ? [] : finishedRows(index, sidePx);
  // the last line is empty, or not whole
  const [header, ...lines] = text.split('\n').slice(0, -1);
  if (header !== undefined && `${header}\n` !== headerOf(sidePx)) throw otherSide(journal, sidePx);
  return wholeRows(lines);
}

/** The rows up to the first that cannot be read, as a power cut may leave it. */
function wholeRows(lines: readonly string[]): PackRow[] {
  const rows: PackRow[] = [];
  for (const line of lines) {
    try {
      rows.push(JSON.parse(line));
    } catch {
      break;
    }
  }
  return rows;
}

function finishedRows(file: string, sidePx: number): PackRow[] {
  const index = readPackIndex(file);
  if (index.sidePx !== sidePx) throw otherSide(file, sidePx);
  return index.files.map((from, row) => ({ person: index.people[index.labels[row]!]!, file: from }));
}

function otherSide(file: string, sidePx: number): FaceError {
  const what = `${file} belongs to a pack of another side than ${sidePx} px`;
  return new FaceError('USAGE', `${what}; give the side it has, or another name.`);
}

function headerOf(sidePx: number): string {
  return `${JSON.stringify({ sidePx })}\n`;
}

function lineOf({ person, file }: PackRow): string {
  return `${JSON.stringify({ person, file })}\n`;
}

function numbered(rows: readonly PackRow[]): Pick<PackIndex, 'labels' | 'people' | 'files'> {
  const people = [...new Set(rows.map(({ person }) => person))].sort();
  const labelOf = new Map(people.map((person, label) => [person, label]));
  return { labels: rows.map(({ person }) => labelOf.get(person)!), people, files: rows.map(({ file }) => file) };
}

/** @param position - In bytes. @returns How many bytes there are. */
function writeAt(descriptor: number, bytes: Uint8Array, position: number): number {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
  }
  return bytes.length;
}
