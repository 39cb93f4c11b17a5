import { createHash } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Box, type Embedding, type EmbeddingSpace, formatSpace } from '@kith/core';

/** The face that was taken of a photo. */
export interface CachedFace {
  /** px of the photo. */
  readonly box: Box;
  readonly yawDegrees: number;
  readonly embedding: Embedding;
}

/** What was found in a photo. */
export interface CachedPhoto {
  readonly width: number;
  readonly height: number;
  /** How many faces it has. */
  readonly faces: number;
  /** The one nearest the centre; null where there is none. */
  readonly face: CachedFace | null;
  /** From file to embedding, when that was done. */
  readonly seconds: number;
}

/** Photos already embedded, by the sha256 of their bytes. */
export interface EmbeddingCache {
  readonly file: string;
  find(contentHash: string): CachedPhoto | undefined;
  /** Keep a photo; once this returns, it outlives the process. */
  add(contentHash: string, photo: CachedPhoto): void;
  close(): void;
}

interface CacheLine extends Omit<CachedPhoto, 'face'> {
  readonly content: string;
  readonly face: (Omit<CachedFace, 'embedding'> & { readonly embedding: string }) | null;
}

/** What a cached answer depends on besides the photo. */
export interface CacheKey {
  readonly space: EmbeddingSpace;
  /** Name of the detector with its settings. */
  readonly detector: string;
}

/**
 * Open the cache of one detector and embedding space: a file of JSON lines that is only ever added to, so that a process killed at any moment
 * loses at most the line it was writing.
 */
export function openEmbeddingCache(folder: string, { space, detector }: CacheKey): EmbeddingCache {
  mkdirSync(folder, { recursive: true });
  const found = createHash('sha256').update(detector).digest('hex').slice(0, 8);
  const file = join(folder, `${formatSpace(space).replace(/[^\w.-]/g, '-')}-${found}.ndjson`);
  const descriptor = openSync(file, 'a+');
  const photos = readPhotos(readFileSync(file, 'utf8'), space);
  endTornLine(descriptor);
  return {
    file,
    find: (contentHash) => photos.get(contentHash),
    add(contentHash, photo) {
      photos.set(contentHash, photo);
      writeSync(descriptor, `${JSON.stringify(toLine(contentHash, photo))}\n`);
    },
    close: () => closeSync(descriptor),
  };
}

function readPhotos(text: string, space: EmbeddingSpace): Map<string, CachedPhoto> {
  const photos = new Map<string, CachedPhoto>();
  for (const line of text.split('\n')) {
    const read = line === '' ? undefined : parseLine(line, space);
    if (read) photos.set(read.content, read.photo);
  }
  return photos;
}

/** What a line holds; nothing where a killed process left it unfinished. */
function parseLine(
  line: string,
  { dimension }: EmbeddingSpace,
): { readonly content: string; readonly photo: CachedPhoto } | undefined {
  let read: CacheLine;
  try {
    read = JSON.parse(line) as CacheLine;
  } catch {
    return undefined;
  }
  const { content, face, ...photo } = read;
  if (face === null) return { content, photo: { ...photo, face } };
  const bytes = Uint8Array.from(Buffer.from(face.embedding, 'base64'));
  if (bytes.length !== dimension * 4) return undefined;
  return { content, photo: { ...photo, face: { ...face, embedding: new Float32Array(bytes.buffer) as Embedding } } };
}

function toLine(content: string, { face, ...photo }: CachedPhoto): CacheLine {
  if (face === null) return { content, ...photo, face };
  const { buffer, byteOffset, byteLength } = face.embedding;
  return {
    content,
    ...photo,
    face: { ...face, embedding: Buffer.from(buffer, byteOffset, byteLength).toString('base64') },
  };
}

/** Let the next line begin on a line of its own. */
function endTornLine(descriptor: number): void {
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  if (size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a) writeSync(descriptor, '\n');
}
