import type { Image } from '@kith/core';
import type { HardTriplet, TripletFace } from '@kith/training';
import { type Pack, readFaces } from '@kith/training/data';
import sharp from 'sharp';
import type { Embeddings } from './judge.ts';

/** A triplet as rows of a pack. */
interface TripletRows {
  readonly anchor: number;
  readonly positive: number;
  readonly negative: number;
  readonly positiveDistance: number;
  readonly negativeDistance: number;
}

const pictures = 8;
/** Faces that are compared with each other, at each validation: all pairs of more take longer than the validation. */
const mostFaces = 1500;
const pictureSidePx = 96;

/** The triplets of a pack that a network gets most wrong, one an anchor's person, with their faces. */
export async function hardestTriplets(pack: Pack, embeddings: Embeddings): Promise<readonly HardTriplet[]> {
  const found = worstTriplets(pack, embeddings);
  return Promise.all(
    found.map(async ({ anchor, positive, negative, ...distances }) => {
      const [a, p, n] = await Promise.all([anchor, positive, negative].map((row) => faceOf(pack, row)));
      return { anchor: a!, positive: p!, negative: n!, ...distances };
    }),
  );
}

/** For each person the anchor whose farthest positive lies farthest beyond its nearest negative; the worst of them. */
function worstTriplets({ count, labels }: Pack, embeddings: Embeddings): readonly TripletRows[] {
  const worst = new Map<number, TripletRows>();
  const gap = ({ positiveDistance, negativeDistance }: TripletRows) => positiveDistance - negativeDistance;
  const rows = facesOfPeople(labels, count);
  for (const anchor of rows) {
    let [positive, negative, positiveDistance, negativeDistance] = [-1, -1, -1, Number.POSITIVE_INFINITY];
    for (const other of rows) {
      const distance = distanceOf(embeddings, anchor, other);
      const isPositive = labels[other] === labels[anchor];
      if (isPositive && other !== anchor && distance > positiveDistance)
        [positive, positiveDistance] = [other, distance];
      if (!isPositive && distance < negativeDistance) [negative, negativeDistance] = [other, distance];
    }
    if (positive < 0 || negative < 0) continue;
    const triplet = { anchor, positive, negative, positiveDistance, negativeDistance };
    const before = worst.get(labels[anchor]!);
    if (!before || gap(triplet) > gap(before)) worst.set(labels[anchor]!, triplet);
  }
  return [...worst.values()].sort((one, other) => gap(other) - gap(one)).slice(0, pictures);
}

/** Rows of whole people, evenly spread over the pack, so that a few thousand faces are not compared with all others. */
function facesOfPeople(labels: Int32Array, count: number): readonly number[] {
  const step = Math.ceil(count / mostFaces);
  return Array.from({ length: count }, (_, row) => row).filter((row) => labels[row]! % step === 0);
}

function distanceOf({ values, dimension }: Embeddings, one: number, other: number): number {
  let dot = 0;
  for (let k = 0; k < dimension; k++) dot += values[one * dimension + k]! * values[other * dimension + k]!;
  return Math.max(0, 2 - 2 * dot);
}

async function faceOf(pack: Pack, row: number): Promise<TripletFace> {
  return { png: await pngOf(readFaces(pack, [row])[0]!), person: pack.people[pack.labels[row]!]! };
}

async function pngOf({ width, height, data }: Image): Promise<Uint8Array> {
  const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(pictureSidePx)
    .png()
    .toBuffer();
  return new Uint8Array(bytes);
}
