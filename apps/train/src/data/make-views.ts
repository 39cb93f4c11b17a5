import { existsSync } from 'node:fs';
import {
  createRandom,
  FaceError,
  type Image,
  invertAffine,
  type Landmarks,
  type Random,
  randomInteger,
  seedOf,
  transformLandmarks,
} from '@kith/core';
import { withProgress } from '@kith/terminal';
import { type Augmentation, augment, drawView } from '@kith/training';
import { createPack, openPack, type Pack, readFaces } from '@kith/training/data';
import { type Direction, drawDirection, fitChip, landmarksOfChip, type TurnRange, turnFace } from './turn-face.ts';

/** What is drawn of views. */
export interface DrawnViews {
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
}

export interface ViewsOptions extends DrawnViews {
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

/**
 * Tell where a face's landmarks lie in a view of it: they go with the augmentation, while a head that is turned keeps those it had.
 *
 * @param row - Of the views.
 * @param options - That the views were made with.
 * @returns Px of the view.
 */
export function landmarksOfView(
  row: number,
  faces: Pack,
  { landmarks, ...options }: DrawnViews & { readonly landmarks: Float32Array },
): Landmarks {
  const own = landmarksOfChip(landmarks, row % faces.count);
  if (row < faces.count) return own;
  const { random } = drawBlend(row, faces, { ...options, landmarks });
  const { sidePx } = faces;
  const { augmentation } = options;
  const { toImage } = drawView({ width: sidePx, height: sidePx }, { augmentation, random, sizePx: sidePx });
  return transformLandmarks(own, invertAffine(toImage));
}

function viewOf(row: number, faces: Pack, options: DrawnViews): Image {
  if (row < faces.count) return readFaces(faces, [row])[0]!;
  const { rows, share, direction, random } = drawBlend(row, faces, options);
  const shown = readFaces(faces, rows);
  const [face, other] = direction ? turnAll(shown, { rows, direction, landmarks: options.landmarks! }) : shown;
  const image = other ? blend(face!, other, share) : face!;
  return augment(image, { augmentation: options.augmentation, random, sizePx: faces.sidePx });
}

/** A view before its augmentation, as it is drawn. */
interface DrawnBlend {
  /** Faces in it, its own first. */
  readonly rows: readonly number[];
  /** Of the first. */
  readonly share: number;
  /** Where its heads are turned to, if anywhere. */
  readonly direction: Direction | undefined;
  /** What its augmentation is drawn from next. */
  readonly random: Random;
}

function drawBlend(row: number, { count }: Pack, { blended, turned, landmarks, seed }: DrawnViews): DrawnBlend {
  const random = createRandom(seedOf(seed, row));
  const own = row % count;
  const rows = random() < blended ? [own, randomInteger(random, count)] : [own];
  const share = ownShare.least + random() * (ownShare.most - ownShare.least);
  // only where it is asked for: views of a seed stay what they were
  const isTurned = turned !== undefined && random() < turned.chance;
  const fit = isTurned ? fitChip(landmarks!, own) : undefined;
  return { rows, share, direction: fit && turned && drawDirection(fit, turned, random), random };
}

interface Turning {
  readonly rows: readonly number[];
  readonly direction: Direction;
  readonly landmarks: Float32Array;
}

/** Turn all faces of a view to where the first is drawn to look; what cannot be turned stays as it is. */
function turnAll(faces: readonly Image[], { rows, direction, landmarks }: Turning): readonly Image[] {
  return faces.map((face, i) => {
    const fit = fitChip(landmarks, rows[i]!);
    return fit ? turnFace(face, fit, direction) : face;
  });
}

/** One aligned face over another. @param share - Of the first, 0–1. */
export function blend(one: Image, other: Image, share: number): Image {
  return { ...one, data: one.data.map((value, k) => Math.round(share * value + (1 - share) * other.data[k]!)) };
}
