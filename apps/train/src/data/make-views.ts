import { existsSync } from 'node:fs';
import { createRandom, FaceError, type Image, type Random, randomInteger, seedOf } from '@kith/core';
import { withProgress } from '@kith/terminal';
import { type Augmentation, augment } from '@kith/training';
import { createPack, openPack, type Pack, readFaces } from '@kith/training/data';
import { drawDirection, fitChip, type TurnRange, turnFace } from './turn-face.ts';

export interface ViewsOptions {
  /** Views of each face; the first is the face itself. */
  readonly viewsPerFace: number;
  /** Share of the other views that are blended with another face. */
  readonly blended: number;
  /** Heads that are turned before blending, both of a blend to look the same way; where left out none is. */
  readonly turned?: TurnRange;
  /** Of the faces, as `landmarksInChips` gives them; needed to turn heads. Shape `[count, 68, 2]`. */
  readonly landmarks?: Float32Array;
  /** What befalls a view after blending. */
  readonly augmentation: Augmentation;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** How much of a blend the face itself is. */
const ownShare = { least: 0.3, most: 0.7 } as const;

/**
 * Make views of aligned faces for a teacher to tell of: a student that sees many views learns what the teacher does, not who the people
 * are, and blends of two faces are people whom nobody has photographed. Face after face, then the second view of each, and so on; each
 * follows from the seed and its row alone. What is done is kept.
 *
 * @throws {FaceError} `CANCELLED` after an abort; `DISK_FULL`; `USAGE` when heads are to be turned without landmarks.
 * @see Beyer et al., Knowledge Distillation: A Good Teacher is Patient and Consistent, CVPR 2022, §3.
 */
export async function makeViews(path: string, faces: Pack, options: ViewsOptions): Promise<Pack> {
  const count = faces.count * options.viewsPerFace;
  if (options.turned && !options.landmarks)
    throw new FaceError('USAGE', 'Heads are turned by their landmarks, got none.');
  if (existsSync(`${path}.json`)) return openPack(path);
  const writer = createPack(path, {
    sidePx: faces.sidePx,
    note: `${faces.note}; ${options.viewsPerFace} views a face`,
  });
  await withProgress(count, { label: 'views' }, async (progress) => {
    try {
      for (let row = 0; row < count; row++) {
        const isWork = row >= writer.rows.length;
        if (isWork) {
          // lets Ctrl-C in
          if (row % 64 === 0) await new Promise(setImmediate);
          options.signal.throwIfAborted();
          const face = row % faces.count;
          const person = faces.people[faces.labels[face]!]!;
          writer.append(viewOf(row, faces, options), { person, file: faces.files[face]! });
        }
        progress.tick({ isWork });
      }
      await writer.finish();
    } finally {
      writer.close();
    }
  });
  return openPack(path);
}

function viewOf(row: number, faces: Pack, options: ViewsOptions): Image {
  const { blended, turned, augmentation, seed } = options;
  const random = createRandom(seedOf(seed, row));
  const own = row % faces.count;
  if (row < faces.count) return readFaces(faces, [own])[0]!;
  const isBlend = random() < blended;
  const rows = isBlend ? [own, randomInteger(random, faces.count)] : [own];
  const share = ownShare.least + random() * (ownShare.most - ownShare.least);
  const shown = readFaces(faces, rows);
  // only where it is asked for: views of a seed stay what they were
  const [face, other] = turned ? turnAll(shown, { rows, turned, landmarks: options.landmarks!, random }) : shown;
  const image = other ? blend(face!, other, share) : face!;
  return augment(image, { augmentation, random, sizePx: faces.sidePx });
}

interface Turning {
  readonly rows: readonly number[];
  readonly turned: TurnRange;
  readonly landmarks: Float32Array;
  readonly random: Random;
}

/** Now and then turn all faces of a view to where the first is drawn to look; what cannot be turned stays as it is. */
function turnAll(faces: readonly Image[], { rows, turned, landmarks, random }: Turning): readonly Image[] {
  if (random() >= turned.chance) return faces;
  const fits = rows.map((row) => fitChip(landmarks, row));
  const direction = fits[0] && drawDirection(fits[0], turned, random);
  if (!direction) return faces;
  return faces.map((face, i) => (fits[i] ? turnFace(face, fits[i], direction) : face));
}

/** One aligned face over another. @param share - Of the first, 0–1. */
export function blend(one: Image, other: Image, share: number): Image {
  return { ...one, data: one.data.map((value, k) => Math.round(share * value + (1 - share) * other.data[k]!)) };
}
