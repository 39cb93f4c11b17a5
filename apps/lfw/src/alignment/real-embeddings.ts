import { createHash } from 'node:crypto';
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { AlignedFace, Embedder, Image } from '@kith/core';
import { decodeImage, readPhoto } from '@kith/pipeline';
import type { MeasuredFace } from '@kith/pipeline/data';
import { createProgress } from '@kith/terminal';
import type { RealNet } from './real-nets.ts';

/** A way to bring a face before a network. */
export interface Way {
  readonly name: string;
  /** For people to read. */
  readonly label: string;
  readonly kind: 'none' | '2-D' | '3-D';
  readonly align: (image: Image, face: MeasuredFace) => AlignedFace;
}

/** Embeddings of photos by one network and way, row by row in the order of the photos. */
export interface RealEmbeddings {
  /** Shape `[photos, dimension]`. */
  readonly values: Float32Array;
  /** Of the network, the way and the photos. */
  readonly key: string;
}

export interface EmbedOptions {
  readonly net: RealNet;
  /** Opens the network; asked only where something is left to do. */
  readonly embedder: () => Promise<Embedder>;
  readonly way: Way;
  /** Folder of the photos. */
  readonly folder: string;
  /** Folder of the cache. */
  readonly cache: string;
  readonly signal: AbortSignal;
}

const batch = 32;

/** Faces whose aligned pixels make the cache's name, so that another alignment never meets the embeddings of an older one. */
const probes = 32;

/**
 * Embed faces, kept in a file of 32-bit numbers that grows by a batch; a run that was stopped goes on where that one ended.
 *
 * @throws {FaceError} `CANCELLED` after an abort, what is done being kept.
 */
export async function embedFaces(faces: readonly MeasuredFace[], options: EmbedOptions): Promise<RealEmbeddings> {
  const { net, way, cache, signal } = options;
  const key = `${net.name}-${way.name}-${await fingerprint(faces, options)}`;
  const file = join(cache, `${key}.f32`);
  const rowBytes = net.dimension * 4;
  mkdirSync(cache, { recursive: true });
  let done = existsSync(file) ? Math.floor(statSync(file).size / rowBytes) : 0;
  if (done < faces.length) {
    const embedder = await options.embedder();
    const descriptor = openSync(file, done === 0 ? 'w' : 'r+');
    // a row that a killed process left unfinished
    ftruncateSync(descriptor, done * rowBytes);
    const progress = createProgress(faces.length, { label: `${net.name}, ${way.label}` });
    for (let i = 0; i < done; i++) progress.tick({ isWork: false });
    try {
      let next = alignBatch(faces.slice(done, done + batch), options);
      while (done < faces.length) {
        signal.throwIfAborted();
        const aligned = await next;
        const embedded = embedder.embed(aligned);
        // decoded and aligned while the network runs
        next = alignBatch(faces.slice(done + batch, done + 2 * batch), options);
        const rows = new Float32Array(aligned.length * net.dimension);
        for (const [row, embedding] of (await embedded).entries()) rows.set(embedding, row * net.dimension);
        writeSync(descriptor, new Uint8Array(rows.buffer), 0, rows.byteLength, done * rowBytes);
        done += aligned.length;
        for (let i = 0; i < aligned.length; i++) progress.tick({ isWork: true });
      }
    } finally {
      progress.end();
      closeSync(descriptor);
    }
  }
  const bytes = Uint8Array.from(readFileSync(file));
  return { values: new Float32Array(bytes.buffer, 0, faces.length * net.dimension), key };
}

async function alignBatch(
  faces: readonly MeasuredFace[],
  { folder, way }: Pick<EmbedOptions, 'folder' | 'way'>,
): Promise<readonly AlignedFace[]> {
  return Promise.all(
    faces.map(async (face) => way.align(await decodeImage(await readPhoto(join(folder, face.path))), face)),
  );
}

async function fingerprint(faces: readonly MeasuredFace[], options: EmbedOptions): Promise<string> {
  const hash = createHash('sha256').update(`views ${options.net.views}`);
  // all over the list, so that turned and cut-off faces are among them
  const probed = faces.filter((_, i) => i % Math.ceil(faces.length / probes) === 0);
  for (const { image } of await alignBatch(probed, options)) hash.update(image.data);
  for (const { path, landmarks } of faces) {
    hash.update(path).update(new Uint8Array(landmarks.points.buffer, landmarks.points.byteOffset, 8 * 68));
  }
  return hash.digest('hex').slice(0, 12);
}
