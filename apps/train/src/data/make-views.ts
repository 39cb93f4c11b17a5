import { existsSync } from 'node:fs';
import { createRandom, type Image, randomInteger, seedOf } from '@kith/core';
import { withProgress } from '@kith/terminal';
import { type Augmentation, augment } from '@kith/training';
import { createPack, openPack, type Pack, readFaces } from '@kith/training/data';

export interface ViewsOptions {
  /** Views of each face; the first is the face itself. */
  readonly viewsPerFace: number;
  /** Share of the other views that are blended with another face. */
  readonly blended: number;
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
 * @throws {FaceError} `CANCELLED` after an abort; `DISK_FULL`.
 * @see Beyer et al., Knowledge Distillation: A Good Teacher is Patient and Consistent, CVPR 2022, §3.
 */
export async function makeViews(path: string, faces: Pack, options: ViewsOptions): Promise<Pack> {
  const count = faces.count * options.viewsPerFace;
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

function viewOf(row: number, faces: Pack, { blended, augmentation, seed }: ViewsOptions): Image {
  const random = createRandom(seedOf(seed, row));
  const own = row % faces.count;
  if (row < faces.count) return readFaces(faces, [own])[0]!;
  const isBlend = random() < blended;
  const [face, other] = readFaces(faces, isBlend ? [own, randomInteger(random, faces.count)] : [own]);
  const share = ownShare.least + random() * (ownShare.most - ownShare.least);
  const image = other ? blend(face!, other, share) : face!;
  return augment(image, { augmentation, random, sizePx: faces.sidePx });
}

/** One aligned face over another. @param share - Of the first, 0–1. */
export function blend(one: Image, other: Image, share: number): Image {
  return { ...one, data: one.data.map((value, k) => Math.round(share * value + (1 - share) * other.data[k]!)) };
}
