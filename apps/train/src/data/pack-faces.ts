import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dlibChip51, templateToImage } from '@kith/alignment';
import { warpAffine } from '@kith/core';
import { decodeImage, readPhoto } from '@kith/pipeline';
import type { MeasuredFace } from '@kith/pipeline/data';
import { withProgress } from '@kith/terminal';
import { personOf } from '@kith/training';
import { createPack, openPack, type Pack, type PackWriter } from '@kith/training/data';

/** Aligned faces are kept as dlib's recogniser takes them: any tighter crop is cut from these. */
export const chip = { sizePx: 150, padding: 0.25 } as const;

export interface PackFacesOptions {
  /** What the faces' paths are relative to. */
  readonly folder: string;
  readonly faces: readonly MeasuredFace[];
  readonly label: string;
  readonly signal: AbortSignal;
}

/**
 * Align faces by 51 landmarks and pack them, in order; a pack that was stopped goes on, one that is finished is taken as it is. Where
 * the photo ends its edge goes on: photos that are tight crops show no more than the face, and black frames would be learnt.
 *
 * @throws {FaceError} `CANCELLED` after an abort, what is done being kept; `DISK_FULL`.
 */
export async function packFaces(path: string, { folder, faces, label, signal }: PackFacesOptions): Promise<Pack> {
  const template = dlibChip51(chip);
  const size = { width: chip.sizePx, height: chip.sizePx, beyond: 'edge' } as const;
  if (existsSync(`${path}.json`)) {
    const pack = await openPack(path);
    if (pack.count === faces.length && faces.every((face, row) => face.path === pack.files[row])) return pack;
  }
  const writer = writerFor(path, faces, `${template.name}, beyond the photo its edge`);
  await withProgress(faces.length, { label }, async (progress) => {
    try {
      for (const [row, face] of faces.entries()) {
        signal.throwIfAborted();
        const isWork = row >= writer.rows.length;
        if (isWork) {
          const image = await decodeImage(await readPhoto(join(folder, face.path)));
          const aligned = warpAffine(image, templateToImage(face.landmarks, template), size);
          writer.append(aligned, { person: personOf(face.path), file: face.path });
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

/** A pack to write on, what it has being the first of these faces; one of other faces, as of before photos were added, is begun anew. */
function writerFor(path: string, faces: readonly MeasuredFace[], note: string): PackWriter {
  const options = { sidePx: chip.sizePx, note };
  const writer = createPack(path, options);
  if (writer.rows.every(({ file }, row) => file === faces[row]?.path)) return writer;
  writer.close();
  for (const ending of ['u8', 'rows', 'json']) rmSync(`${path}.${ending}`, { force: true });
  return createPack(path, options);
}
