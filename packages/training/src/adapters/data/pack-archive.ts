import { createReadStream, statSync } from 'node:fs';
import { FaceError } from '@kith/core';
import { Parser, type ReadEntry } from 'tar';
import { imageName } from '../../people/image-list.ts';
import { systemCodeOf } from '../run/durable-file.ts';
import { type DecodeOptions, decodeIntoPack, type EncodedImage, type PackedImages } from './decode-into-pack.ts';
import type { PackRow } from './pack-format.ts';

export interface PackArchiveOptions extends DecodeOptions {
  /** A `.tar`, `.tar.gz` or `.tgz` with a folder of images for each person, at any depth, as LFW's `lfw/<person>/<person>_0001.jpg`. */
  readonly archive: string;
  /** @param done - Of `total` bytes of the archive. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** No photo of a face is larger; what is would only fill the memory. */
const mostBytes = 64 << 20;
/** Bytes of the archive that are read at a time. */
const pieceBytes = 1 << 16;

/**
 * Make a pack of an archive's images, in its order; one that was stopped goes on. The archive is read from front to back, an image at a
 * time, and never unpacked: what it says of paths, links and owners leads nowhere. Of images of one name the first counts.
 *
 * @throws {FaceError} As `createPackFromImages`; `DATASET_INCOMPLETE` when the archive is cut short or damaged, what was before being kept.
 */
export async function createPackFromArchive(path: string, options: PackArchiveOptions): Promise<PackedImages> {
  const { archive, onProgress, ...decode } = options;
  const total = statSync(archive, { throwIfNoEntry: false })?.size;
  if (total === undefined) throw new FaceError('FILE_NOT_FOUND', `There is no archive ${archive}.`);
  const onBytes = (done: number) => onProgress?.(done, total);
  return decodeIntoPack(path, { from: archive, images: (had) => imagesOf(archive, { had, onBytes }) }, decode);
}

interface ReadingOptions {
  readonly had: ReadonlySet<string>;
  readonly onBytes: (done: number) => void;
}

/** The images of an archive, each as soon as it has been read. Nothing is read ahead of who asks. */
async function* imagesOf(archive: string, { had, onBytes }: ReadingOptions): AsyncGenerator<EncodedImage> {
  const ready: EncodedImage[] = [];
  const seen = new Set(had);
  let fault: string | undefined;
  const parser = new Parser({
    filter: (_path, entry) => 'header' in entry && isWanted(entry, seen),
    onReadEntry: (entry) => {
      collect(entry, (content) => ready.push({ row: rowOf(entry.path)!, content }));
    },
    onwarn: (code, message) => {
      // other warnings are about what an archive says of owners and times
      if (faults.includes(code)) fault ??= message;
    },
  });
  parser.on('error', (error: Error) => {
    fault ??= error.message;
  });
  let isEnded = false;
  parser.on('eof', () => {
    isEnded = true;
  });
  try {
    let done = 0;
    for await (const bytes of createReadStream(archive, { highWaterMark: pieceBytes })) {
      parser.write(bytes);
      yield* ready.splice(0);
      if (fault !== undefined) break;
      done += bytes.length;
      onBytes(done);
    }
  } catch (error) {
    if (!systemCodeOf(error)) throw error;
    fault = (error as Error).message;
  }
  if (fault === undefined) parser.end();
  yield* ready.splice(0);
  // one that was cut between two entries looks whole otherwise
  if (!isEnded) fault ??= 'it has no end mark';
  if (fault !== undefined) throw new FaceError('DATASET_INCOMPLETE', `${archive} cannot be read to its end: ${fault}.`);
}

const faults = ['TAR_ABORT', 'TAR_BAD_ARCHIVE', 'TAR_ENTRY_INVALID'];

function isWanted({ path, type }: ReadEntry, seen: Set<string>): boolean {
  if (!['File', 'OldFile', 'ContiguousFile'].includes(type) || seen.has(path) || !rowOf(path)) return false;
  seen.add(path);
  return true;
}

/** Whose image an entry is, by the folder it lies in; nothing where it is none. */
function rowOf(path: string): PackRow | undefined {
  const [name = '', person = ''] = path.split('/').reverse();
  const isImage = imageName.test(name) && !name.startsWith('.');
  return isImage && !['', '.', '..'].includes(person) ? { person, file: path } : undefined;
}

function collect(entry: ReadEntry, done: (content: EncodedImage['content']) => void): void {
  const isTooLarge = entry.size > mostBytes;
  const parts: Buffer[] = [];
  entry.on('data', (part) => {
    if (!isTooLarge) parts.push(part);
  });
  entry.on('end', () => {
    const tooLarge = () => new Error(`it has ${entry.size} bytes, and images at most ${mostBytes}`);
    done(isTooLarge ? tooLarge() : Buffer.concat(parts));
  });
}
