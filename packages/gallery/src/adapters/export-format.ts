import { createHash } from 'node:crypto';
import { createLandmarks, type Embedding, type EmbeddingSpace, FaceError } from '@kith/core';
import { faceId } from '../face-id.ts';
import type { NewFace } from '../store.ts';
import { assertSubject } from '../subject.ts';
import { bytesToFloats, type FaceRow, isLandmarkScheme } from './face-row.ts';

/** What an export says of itself in its `format` field. */
export const exportFormat = 'kith-gallery-export';
export const exportVersion = 1;
/** What every export begins with, of whatever version. */
export const exportBeginning = `{"format":"${exportFormat}"`;

/** First line of an export. */
export interface ExportHeader {
  readonly space: EmbeddingSpace;
  readonly model: string;
  readonly subjects: number;
  readonly faces: number;
}

/** Last line of an export. */
export interface ExportTrailer {
  readonly faces: number;
  /** SHA-256 of every byte before the trailer, hex. */
  readonly sha256: string;
}

/** One line between: a face and whose it is. */
export interface ExportedFace {
  readonly subject: string;
  readonly face: NewFace;
  readonly time: string;
}

export function headerLine({ space, model, subjects, faces }: ExportHeader): string {
  return line({ format: exportFormat, version: exportVersion, space, model, subjects, faces });
}

export function faceLine(row: FaceRow): string {
  return line({
    subject: row.subject,
    id: row.id,
    contentHash: row.content_hash,
    file: row.file,
    box: [row.x_min, row.y_min, row.x_max, row.y_max],
    landmarkScheme: row.landmark_scheme,
    landmarks: Buffer.from(row.landmarks).toString('base64'),
    quality: row.quality,
    time: row.time,
    embedding: Buffer.from(row.embedding).toString('base64'),
  });
}

export function trailerLine({ faces, sha256 }: ExportTrailer): string {
  return line({ faces, sha256 });
}

/** A running SHA-256 over the lines of an export. */
export function createExportHash() {
  return createHash('sha256');
}

/** @throws {FaceError} `EXPORT_MALFORMED`. */
export function parseHeader(text: string, source: string): ExportHeader {
  const value = parseObject(text, source);
  const { space } = value;
  if (value.format !== exportFormat) throw malformed(source, 'the first line is not the header of an export');
  if (value.version !== exportVersion) {
    throw malformed(source, `its version is ${String(value.version)}, this kith reads version ${exportVersion}`);
  }
  if (!isRecord(space)) throw malformed(source, 'the header names no embedding space');
  return {
    space: {
      model: textOf(space, 'model', source),
      preprocessing: textOf(space, 'preprocessing', source),
      dimension: numberOf(space, 'dimension', source),
    },
    model: textOf(value, 'model', source),
    subjects: numberOf(value, 'subjects', source),
    faces: numberOf(value, 'faces', source),
  };
}

/** @throws {FaceError} `EXPORT_MALFORMED`. */
export function parseLine(text: string, source: string, dimension: number): ExportedFace | ExportTrailer {
  const value = parseObject(text, source);
  if ('sha256' in value) return { faces: numberOf(value, 'faces', source), sha256: textOf(value, 'sha256', source) };
  const subject = textOf(value, 'subject', source);
  const contentHash = textOf(value, 'contentHash', source);
  const { box, landmarkScheme: scheme } = value;
  if (!/^[0-9a-f]{64}$/.test(contentHash)) throw malformed(source, 'contentHash is not a SHA-256 in hex');
  if (value.id !== faceId(subject, contentHash)) throw malformed(source, 'the id does not fit subject and contentHash');
  if (!Array.isArray(box) || box.length !== 4 || !box.every(Number.isFinite)) {
    throw malformed(source, 'box is not four numbers');
  }
  if (typeof scheme !== 'string' || !isLandmarkScheme(scheme)) throw malformed(source, 'landmarkScheme is unknown');
  const time = textOf(value, 'time', source);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time)) throw malformed(source, 'time is not ISO 8601 in UTC');
  try {
    assertSubject(subject);
    const [xMin, yMin, xMax, yMax] = box as [number, number, number, number];
    const face = {
      embedding: parseEmbedding(textOf(value, 'embedding', source), dimension, source),
      contentHash,
      file: textOf(value, 'file', source),
      box: { xMin, yMin, xMax, yMax },
      landmarks: createLandmarks(scheme, decodeFloats(textOf(value, 'landmarks', source))),
      quality: numberOf(value, 'quality', source),
    };
    return { subject, face, time };
  } catch (error) {
    if (!(error instanceof FaceError) || error.code === 'EXPORT_MALFORMED') throw error;
    throw malformed(source, error.message);
  }
}

/** @param source - File and line, as in `gallery.kith:17`. */
export function malformed(source: string, problem: string): FaceError {
  return new FaceError('EXPORT_MALFORMED', `${source}: ${problem}. Nothing was imported.`);
}

function parseEmbedding(text: string, dimension: number, source: string): Embedding {
  const embedding = decodeFloats(text);
  const squares = embedding.reduce((sum, value) => sum + value * value, 0);
  if (embedding.length !== dimension || !(Math.abs(squares - 1) < 1e-3)) {
    throw malformed(source, `the embedding is not ${dimension} numbers of length 1`);
  }
  return embedding as Embedding;
}

function decodeFloats(base64: string): Float32Array {
  return bytesToFloats(Buffer.from(base64, 'base64'));
}

function parseObject(text: string, source: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw malformed(source, 'the line is not a JSON object');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: Record<string, unknown>, key: string, source: string): string {
  const text = value[key];
  if (typeof text !== 'string') throw malformed(source, `${key} is not a text`);
  return text;
}

function numberOf(value: Record<string, unknown>, key: string, source: string): number {
  const number = value[key];
  if (typeof number !== 'number' || !Number.isFinite(number)) throw malformed(source, `${key} is not a number`);
  return number;
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
