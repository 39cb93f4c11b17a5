import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { alignToBox, alignToTemplate, canonicalFrame, deepfaceAnchors, detectorBox, frontalize } from '@kith/alignment';
import { FaceError, type Image } from '@kith/core';
import { decodeImage, readPhoto } from '@kith/pipeline';
import type { MeasuredFace } from '@kith/pipeline/data';
import { createProgress } from '@kith/terminal';

/** How faces are brought into place: not at all, turned in the plane by six fiducials, or turned to the front. */
export const alignmentNames = ['none', '2-D', '3-D'] as const;
export type AlignmentName = (typeof alignmentNames)[number];

/** A face and the file of its photo. */
export interface PlacedFace {
  readonly file: string;
  readonly face: MeasuredFace;
}

/** Aligned faces as bytes, in the order they were asked for. */
export interface AlignedSet {
  readonly alignment: AlignmentName;
  readonly sidePx: number;
  readonly count: number;
  /** RGB. Shape `[count, sidePx, sidePx, 3]`. */
  readonly pixels: Uint8Array;
  /** 1 where the face could be aligned, else 0 and the crop is black. Shape `[count]`. */
  readonly isAligned: Uint8Array;
}

export interface PrepareOptions {
  readonly sidePx: number;
  /** Where the files of pixels are kept. */
  readonly cache: string;
  readonly signal: AbortSignal;
}

/**
 * Align every face in each way, once: the pixels are kept in a file a way, which is only added to, so that a stopped run goes on.
 *
 * @throws {FaceError} `CANCELLED` after an abort, what is done being kept; `USAGE` when the files are of other faces.
 */
export async function prepareSets(
  faces: readonly PlacedFace[],
  { sidePx, cache, signal }: PrepareOptions,
): Promise<readonly AlignedSet[]> {
  mkdirSync(cache, { recursive: true });
  assertSameFaces(faces, join(cache, `small-net-${sidePx}.json`));
  const bytes = sidePx * sidePx * 3;
  const paths = alignmentNames.map((name) => join(cache, `small-net-${sidePx}-${name}.u8`));
  const done = Math.min(...paths.map((path) => (existsSync(path) ? Math.floor(statSync(path).size / bytes) : 0)));
  const descriptors = paths.map((path) => {
    const descriptor = openSync(path, 'a');
    truncateSync(path, done * bytes);
    return descriptor;
  });
  const progress = createProgress(faces.length, { label: 'crops' });
  try {
    for (const [at, { file, face }] of faces.entries()) {
      signal.throwIfAborted();
      if (at >= done) {
        const image = await decodeImage(await readPhoto(file));
        alignmentNames.forEach((name, i) => {
          writeSync(descriptors[i]!, cropOf(name, image, { face, sidePx }));
        });
      }
      progress.tick({ isWork: at >= done });
    }
  } finally {
    progress.end();
    for (const descriptor of descriptors) closeSync(descriptor);
  }
  return paths.map((path, i) => setOf(readFileSync(path), { alignment: alignmentNames[i]!, sidePx }));
}

/** One face in one way; black where it cannot be aligned. */
function cropOf(
  name: AlignmentName,
  image: Image,
  { face, sidePx }: { readonly face: MeasuredFace; readonly sidePx: number },
): Uint8Array {
  const { box, landmarks } = face;
  try {
    if (name === 'none') return alignToBox(image, box, { crop: detectorBox({ sizePx: sidePx }) }).image.data;
    if (name === '3-D') return frontalize(image, landmarks, { frame: canonicalFrame({ sizePx: sidePx }) }).image.data;
    return alignToTemplate(image, landmarks, { template: deepfaceAnchors({ sizePx: sidePx }) }).image.data;
  } catch (error) {
    if (error instanceof FaceError) return new Uint8Array(sidePx * sidePx * 3);
    throw error;
  }
}

function setOf(pixels: Uint8Array, { alignment, sidePx }: Pick<AlignedSet, 'alignment' | 'sidePx'>): AlignedSet {
  const bytes = sidePx * sidePx * 3;
  const count = pixels.length / bytes;
  const isAligned = Uint8Array.from({ length: count }, (_, i) =>
    pixels.subarray(i * bytes, (i + 1) * bytes).some((value) => value > 0) ? 1 : 0,
  );
  return { alignment, sidePx, count, pixels, isAligned };
}

/** The list of faces lies beside their pixels: of another list they would be other faces' pixels. */
function assertSameFaces(faces: readonly PlacedFace[], path: string): void {
  const list = JSON.stringify(faces.map(({ face }) => face.path));
  if (!existsSync(path)) writeFileSync(path, list);
  else if (readFileSync(path, 'utf8') !== list) {
    throw new FaceError(
      'USAGE',
      `${path} lists other faces than are asked for now; delete it and the files beside it.`,
    );
  }
}
