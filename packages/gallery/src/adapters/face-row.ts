import { crc32 } from 'node:zlib';
import { createLandmarks, type Embedding, FaceError, type LandmarkScheme, landmarkSchemes } from '@kith/core';
import type { FaceEntry, SearchableFace } from '../store.ts';
import { damaged } from './sqlite-errors.ts';

/** A face as the database holds it; blobs are 32-bit floats, little-endian. */
export interface FaceRow {
  readonly number: number;
  readonly subject: string;
  readonly id: string;
  readonly content_hash: string;
  readonly file: string;
  readonly x_min: number;
  readonly y_min: number;
  readonly x_max: number;
  readonly y_max: number;
  readonly quality: number;
  readonly time: string;
  readonly landmark_scheme: string;
  readonly landmarks: Uint8Array;
  readonly embedding: Uint8Array;
  readonly checksum: number;
}

export type SearchableRow = Pick<FaceRow, 'number' | 'subject' | 'id' | 'content_hash' | 'embedding' | 'checksum'>;

/** Floats as little-endian bytes, whatever the machine. */
export function floatsToBytes(floats: Float32Array): Buffer {
  const bytes = Buffer.alloc(floats.length * 4);
  for (let i = 0; i < floats.length; i++) bytes.writeFloatLE(floats[i]!, i * 4);
  return bytes;
}

/** Little-endian bytes as floats, whatever the machine. */
export function bytesToFloats(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const floats = new Float32Array(bytes.byteLength >> 2);
  for (let i = 0; i < floats.length; i++) floats[i] = view.getFloat32(i * 4, true);
  return floats;
}

/** CRC-32 of whose face it is, of which photo, and the embedding: what a wrong answer would come from. */
export function rowChecksum(row: Pick<FaceRow, 'subject' | 'id' | 'content_hash' | 'embedding'>): number {
  return crc32(row.embedding, crc32(`${row.id}\n${row.content_hash}\n${row.subject}`));
}

/** @throws {FaceError} `GALLERY_CORRUPT` when the row is not what was written. */
export function searchableFace(row: SearchableRow, dimension: number, file: string): SearchableFace {
  if (row.embedding.byteLength !== dimension * 4 || rowChecksum(row) !== row.checksum) {
    throw new FaceError('GALLERY_CORRUPT', `${damaged(file)} (the checksum of face ${row.number} is wrong)`);
  }
  const { number, id, subject } = row;
  return { number, id, subject, embedding: bytesToFloats(row.embedding) as Embedding };
}

/** @throws {FaceError} `GALLERY_CORRUPT` when the row is not what was written. */
export function faceEntry(row: FaceRow, dimension: number, file: string): FaceEntry {
  const { id, subject } = searchableFace(row, dimension, file);
  const scheme = row.landmark_scheme;
  if (!isLandmarkScheme(scheme) || row.landmarks.byteLength !== landmarkSchemes[scheme] * 8) {
    throw new FaceError('GALLERY_CORRUPT', `${damaged(file)} (the landmarks of face ${row.number} are incomplete)`);
  }
  return {
    id,
    subject,
    contentHash: row.content_hash,
    file: row.file,
    box: { xMin: row.x_min, yMin: row.y_min, xMax: row.x_max, yMax: row.y_max },
    landmarks: createLandmarks(scheme, bytesToFloats(row.landmarks)),
    quality: row.quality,
    time: row.time,
  };
}

export function isLandmarkScheme(name: string): name is LandmarkScheme {
  return Object.hasOwn(landmarkSchemes, name);
}
