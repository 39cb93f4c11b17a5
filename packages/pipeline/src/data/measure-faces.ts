import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Box, createLandmarks, FaceError, type Landmarks } from '@kith/core';
import { decodeImage } from '../decode-image.ts';
import { readPhoto } from '../read-photo.ts';
import type { Recognizer } from '../recognizer.ts';
import { nearestToCentre } from './nearest-to-centre.ts';

/** The face nearest the centre of one photo, and its embedding. */
export interface MeasuredFace {
  readonly path: string;
  readonly box: Box;
  readonly landmarks: Landmarks;
  readonly embedding: Float32Array;
}

interface Line {
  readonly path: string;
  readonly face: { readonly box: Box; readonly points: readonly number[]; readonly embedding: string } | null;
}

export interface MeasureFacesOptions {
  readonly folder: string;
  /** Relative to `folder`. */
  readonly paths: readonly string[];
  /** Where they are kept. It goes by the paths alone: another model needs another file. */
  readonly file: string;
  readonly signal: AbortSignal;
  /** Called after each photo; `isWork` unless it was known. */
  readonly onFace?: ((step: { readonly isWork: boolean }) => void) | undefined;
  /** Called for a photo that cannot be decoded, which then counts as one without a face; else it is an error. */
  readonly onUnreadable?: (path: string) => void;
}

/**
 * Find the landmarks and the embedding of the face of each photo, and keep them in a file of JSON lines that is only ever added to; what
 * it holds is not done again.
 *
 * @returns One a photo, in order; undefined where no face was found.
 */
export async function measureFaces(
  recognizer: Recognizer,
  { folder, paths, file, signal, onFace, onUnreadable }: MeasureFacesOptions,
): Promise<readonly (MeasuredFace | undefined)[]> {
  mkdirSync(dirname(file), { recursive: true });
  const known = existsSync(file) ? readLines(readFileSync(file, 'utf8')) : new Map<string, Line['face']>();
  const descriptor = openSync(file, 'a');
  // ends the line that a killed process left unfinished
  writeSync(descriptor, '\n');
  const faces: (MeasuredFace | undefined)[] = [];
  const unlessTold = (path: string) => (error: unknown) => {
    if (!onUnreadable || !(error instanceof FaceError)) throw error;
    onUnreadable(path);
  };
  try {
    for (const path of paths) {
      signal.throwIfAborted();
      const isKnown = known.has(path);
      const face = isKnown ? known.get(path)! : await measure(recognizer, join(folder, path)).catch(unlessTold(path));
      // one that cannot be read now may be mended later
      if (!isKnown && face !== undefined) writeSync(descriptor, `${JSON.stringify({ path, face } satisfies Line)}\n`);
      faces.push(face ? fromLine(path, face) : undefined);
      onFace?.({ isWork: !isKnown });
    }
  } finally {
    closeSync(descriptor);
  }
  return faces;
}

async function measure(recognizer: Recognizer, file: string): Promise<Line['face']> {
  const image = await decodeImage(await readPhoto(file));
  const face = nearestToCentre(await recognizer.detect(image), image);
  if (!face) return null;
  const [embedding] = await recognizer.model.embed([face.aligned]);
  const bytes = new Uint8Array(embedding!.buffer, embedding!.byteOffset, embedding!.byteLength);
  return {
    box: face.box,
    points: Array.from(face.landmarks.points, (value) => Number(value.toFixed(2))),
    embedding: Buffer.from(bytes).toString('base64'),
  };
}

function fromLine(path: string, { box, points, embedding }: NonNullable<Line['face']>): MeasuredFace {
  const bytes = Uint8Array.from(Buffer.from(embedding, 'base64'));
  return {
    path,
    box,
    landmarks: createLandmarks('ibug68', Float32Array.from(points)),
    embedding: new Float32Array(bytes.buffer),
  };
}

function readLines(text: string): Map<string, Line['face']> {
  const known = new Map<string, Line['face']>();
  for (const line of text.split('\n')) {
    try {
      if (line !== '') {
        const { path, face } = JSON.parse(line) as Line;
        known.set(path, face);
      }
    } catch {
      // a line that a killed process left unfinished
    }
  }
  return known;
}
