import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import type { Embedding, Image } from '@kith/core';
import { withProgress } from '@kith/terminal';
import { type Pack, readFaces } from '@kith/training/data';

/** A network that others trained, as it embeds a pack's aligned faces. */
export interface Teacher {
  readonly name: string;
  readonly dimension: number;
  /** Unit vectors. @param rows - Of the pack, for what else is known of them. */
  readonly embed: (faces: readonly Image[], rows: readonly number[]) => Promise<readonly Embedding[]>;
}

const batchSize = 32;
/** Batches on their way at once, so that no thread waits. */
const inHand = 3;

/**
 * Ask a teacher about each face of a pack, once; a run that was stopped goes on.
 *
 * @param path - Where the answers are kept.
 * @returns Shape `[count, dimension]`.
 * @throws {FaceError} `CANCELLED` after an abort, what is done being kept.
 */
export async function teach(
  path: string,
  { pack, teacher, signal }: { readonly pack: Pack; readonly teacher: Teacher; readonly signal: AbortSignal },
): Promise<Float32Array> {
  if (!existsSync(path)) await ask(path, { pack, teacher, signal });
  return new Float32Array(new Uint8Array(readFileSync(path)).buffer);
}

async function ask(path: string, { pack, teacher, signal }: Parameters<typeof teach>[1]): Promise<void> {
  const begun = `${path}.part`;
  const rowBytes = teacher.dimension * Float32Array.BYTES_PER_ELEMENT;
  const known = Math.floor((statSync(begun, { throwIfNoEntry: false })?.size ?? 0) / rowBytes);
  const file = openSync(begun, 'a');
  ftruncateSync(file, known * rowBytes);
  await withProgress(pack.count, { label: `asking ${teacher.name}` }, async (progress) => {
    for (let row = 0; row < known; row++) progress.tick({ isWork: false });
    const answers: Promise<readonly Embedding[]>[] = [];
    const write = async (): Promise<void> => {
      for (const embedding of await answers.shift()!) {
        writeSync(file, embedding);
        progress.tick({ isWork: true });
      }
    };
    try {
      for (let from = known; from < pack.count; from += batchSize) {
        signal.throwIfAborted();
        const rows = Array.from({ length: Math.min(batchSize, pack.count - from) }, (_, i) => from + i);
        answers.push(teacher.embed(readFaces(pack, rows), rows));
        if (answers.length >= inHand) await write();
      }
      while (answers.length > 0) await write();
    } finally {
      await Promise.allSettled(answers);
      closeSync(file);
    }
  });
  renameSync(begun, path);
}
