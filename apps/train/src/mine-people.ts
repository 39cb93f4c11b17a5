import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Embedding, FaceError, l2Normalize, type VectorIndex } from '@kith/core';
import { mineOffline, type Triplets, takeAll, violatingNegative } from '@kith/embedding/metric';
import { ExactIndex, HnswlibIndex } from '@kith/gallery';
import type { Network, Weights } from '@kith/network';
import { buildModel, type TensorFlow } from '@kith/network/tfjs';
import { withProgress } from '@kith/terminal';
import type { Pack } from '@kith/training/data';
import { replaceFile } from '@kith/training/run';
import type { FaceCrop } from './face-crop.ts';
import { embedRows } from './judge.ts';

/** For each person of a pack those who are taken for them, by label, the likeliest first. Shape `[people, up to mostConfusers]`. */
export type Confusers = readonly (readonly number[])[];

export interface MinePeopleOptions {
  readonly network: Network;
  readonly weights: Weights;
  readonly crop: FaceCrop;
  /** Where the answer is kept, so that a run that goes on has the same. */
  readonly file: string;
  readonly signal: AbortSignal;
  readonly mostConfusers?: number;
  /** Photos of others that are looked at around each photo. */
  readonly neighbours?: number;
}

interface Kept {
  /** sha256 of what was mined with, and of what. */
  readonly weights: string;
  readonly faces: string;
  readonly confusers: Confusers;
}

/**
 * Find who is taken for whom by a network: all faces are embedded, and a person's confusers are those whose photos are the negatives of
 * most triplets, of the nearest photos around an anchor, that have a loss. Mined once, and kept.
 *
 * @throws {FaceError} `SNAPSHOT_MISMATCH` when what is kept is of other weights or faces; `CANCELLED`; `DISK_FULL`.
 * @see Schroff et al., FaceNet, CVPR 2015, §3.2.
 */
export async function minePeople(tf: TensorFlow, pack: Pack, options: MinePeopleOptions): Promise<Confusers> {
  const { weights, file, mostConfusers = 32, neighbours = 50 } = options;
  const origin = { weights: hashOfWeights(weights), faces: pack.sha256 };
  if (existsSync(file)) return readKept(file, origin);
  const embeddings = await embedAll(tf, pack, options);
  const index = await openIndex(embeddings[0]!.length);
  try {
    const rules = { rule: violatingNegative, take: takeAll, neighbours };
    const triplets = await mineOffline(embeddings, pack.labels, { index, ...rules });
    const confusers = confusersOf(triplets, pack, { mostConfusers });
    mkdirSync(dirname(file), { recursive: true });
    await replaceFile(file, `${JSON.stringify({ ...origin, confusers } satisfies Kept)}\n`);
    return confusers;
  } finally {
    await index.close();
  }
}

function readKept(file: string, origin: Omit<Kept, 'confusers'>): Confusers {
  const kept: Kept = JSON.parse(readFileSync(file, 'utf8'));
  for (const what of ['weights', 'faces'] as const) {
    if (kept[what] === origin[what]) continue;
    const got = `${kept[what].slice(0, 12)}, got ${origin[what].slice(0, 12)}`;
    const message = `${file} was mined with ${what} of sha256 ${got}. Go on with those, or use another folder.`;
    throw new FaceError('SNAPSHOT_MISMATCH', message);
  }
  return kept.confusers;
}

const facesAtOnce = 64;

async function embedAll(
  tf: TensorFlow,
  pack: Pack,
  { network, weights, crop, signal }: MinePeopleOptions,
): Promise<readonly Embedding[]> {
  const model = buildModel(tf, network, { weights });
  try {
    return await withProgress(pack.count, { label: 'mining' }, async (progress) => {
      const embeddings: Embedding[] = [];
      while (embeddings.length < pack.count) {
        // lets Ctrl-C in
        await new Promise(setImmediate);
        signal.throwIfAborted();
        const first = embeddings.length;
        const rows = Array.from({ length: Math.min(facesAtOnce, pack.count - first) }, (_, i) => first + i);
        const { values, dimension } = embedRows(tf, model, { pack, crop, rows });
        for (const i of rows.keys()) {
          embeddings.push(l2Normalize(values.subarray(i * dimension, (i + 1) * dimension)));
          progress.tick({ isWork: true });
        }
      }
      return embeddings;
    });
  } finally {
    model.dispose();
  }
}

/** Our approximate index; where its add-on is missing the exact one, which takes longer. */
async function openIndex(dimension: number): Promise<VectorIndex> {
  const snapshot = { numbers: new Float64Array(0), vectors: new Float32Array(0) };
  const index = new HnswlibIndex(dimension, { snapshot });
  try {
    await index.opened;
    return index;
  } catch {
    await index.close();
    return new ExactIndex(dimension);
  }
}

/** Count whose photos are the negatives of each person's anchors. Ties go to the lower label. */
export function confusersOf(
  { anchor, negative }: Triplets,
  { labels, people }: Pick<Pack, 'labels' | 'people'>,
  { mostConfusers }: { readonly mostConfusers: number },
): Confusers {
  const counts = people.map(() => new Map<number, number>());
  for (let t = 0; t < anchor.length; t++) {
    const ofPerson = counts[labels[anchor[t]!]!]!;
    const other = labels[negative[t]!]!;
    ofPerson.set(other, (ofPerson.get(other) ?? 0) + 1);
  }
  return counts.map((ofPerson) =>
    [...ofPerson]
      .sort(([one, oneCount], [other, otherCount]) => otherCount - oneCount || one - other)
      .slice(0, mostConfusers)
      .map(([label]) => label),
  );
}

/** sha256 of weights by name, shape and bits, whatever their order. */
export function hashOfWeights(weights: Weights): string {
  const hash = createHash('sha256');
  for (const name of [...weights.keys()].sort()) {
    const { shape, data } = weights.get(name)!;
    hash.update(`${name} ${shape.join('×')}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
