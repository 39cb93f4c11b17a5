import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { type Embedding, FaceError, type Image } from '@kith/core';
import { withProgress } from '@kith/terminal';
import { type Pack, readFaces } from '@kith/training/data';

/** A network that others trained; its weights are loaded when it has something to answer. */
export interface Teacher {
  readonly name: string;
  /** Of its embeddings. */
  readonly dimension: number;
  open(): Promise<OpenTeacher>;
}

/** A teacher with its weights, as it embeds a pack's aligned faces. */
export interface OpenTeacher {
  /** Unit vectors. @param rows - Of the pack, for what else is known of them. */
  embed(faces: readonly Image[], rows: readonly number[]): Promise<readonly Embedding[]>;
  close(): Promise<void>;
}

const batchSize = 32;
/** Batches on their way at once, so that no thread waits. */
const inHand = 3;

export interface TeachOptions {
  readonly pack: Pack;
  readonly teacher: Teacher;
  readonly signal: AbortSignal;
}

/**
 * Ask a teacher about each face of a pack, once; a run that was stopped goes on, and a teacher who has answered is not opened.
 *
 * @param path - Where the answers are kept.
 * @returns Shape `[count, dimension]`.
 * @throws {FaceError} `CANCELLED` after an abort, what is done being kept; `DATASET_INCOMPLETE` where what is kept is of another size;
 * as the teacher where it cannot be opened.
 */
export async function teach(path: string, { pack, teacher, signal }: TeachOptions): Promise<Float32Array> {
  if (!existsSync(path)) {
    const opened = await teacher.open();
    try {
      await ask(path, { pack, teacher, opened, signal });
    } finally {
      await opened.close();
    }
  }
  const bytes = new Uint8Array(readFileSync(path));
  const expected = pack.count * rowBytesOf(teacher);
  if (bytes.length === expected) return new Float32Array(bytes.buffer);
  const what = `${path} is to hold ${pack.count} answers of ${teacher.name}, ${expected} bytes`;
  throw new FaceError('DATASET_INCOMPLETE', `${what}, got ${bytes.length}. Remove it to ask again.`);
}

interface AskOptions extends TeachOptions {
  readonly opened: OpenTeacher;
}

async function ask(path: string, { pack, teacher, opened, signal }: AskOptions): Promise<void> {
  const begun = `${path}.part`;
  const rowBytes = rowBytesOf(teacher);
  // each answer has its place, so that another run that asks beside this one writes the same there
  closeSync(openSync(begun, 'a'));
  const known = Math.floor(statSync(begun).size / rowBytes);
  const file = openSync(begun, 'r+');
  let written = known;
  await withProgress(pack.count, { label: `asking ${teacher.name}` }, async (progress) => {
    for (let row = 0; row < known; row++) progress.tick({ isWork: false });
    const answers: Promise<readonly Embedding[]>[] = [];
    const write = async (): Promise<void> => {
      for (const embedding of await answers.shift()!) {
        writeSync(file, embedding, 0, rowBytes, rowBytes * written++);
        progress.tick({ isWork: true });
      }
    };
    try {
      for (let from = known; from < pack.count; from += batchSize) {
        signal.throwIfAborted();
        const rows = Array.from({ length: Math.min(batchSize, pack.count - from) }, (_, i) => from + i);
        answers.push(opened.embed(readFaces(pack, rows), rows));
        if (answers.length >= inHand) await write();
      }
      while (answers.length > 0) await write();
    } finally {
      await Promise.allSettled(answers);
      closeSync(file);
    }
  });
  // unless the other was quicker
  if (!existsSync(path)) renameSync(begun, path);
}

function rowBytesOf({ dimension }: Teacher): number {
  return dimension * Float32Array.BYTES_PER_ELEMENT;
}
