import { l2Normalize } from '@kith/core';
import { personOf } from './person-of.ts';

/** A face and what another network than the one to be trained says of it. */
export interface EmbeddedFace {
  /** Of the photo, relative to the set's folder; it tells the person ({@link personOf}). */
  readonly path: string;
  readonly embedding: Float32Array;
}

/** A person who may be trained on, and the faces found in the photos. */
export interface TrainingPerson<Face extends EmbeddedFace = EmbeddedFace> {
  readonly name: string;
  readonly faces: readonly Face[];
}

/** Who is left of a set of people after all who may also be in another set are gone. */
export interface DisjointPeople<Face extends EmbeddedFace = EmbeddedFace> {
  readonly people: readonly TrainingPerson<Face>[];
  /** People left out for being too close to someone of the other set, and how many faces of theirs were found. */
  readonly tooClose: { readonly people: number; readonly faces: number };
  /** People of whom fewer than `leastFaces` faces were found, and their faces. */
  readonly tooFew: { readonly people: number; readonly faces: number };
}

/** Squared L2 of the default model's embeddings, from its decision table. */
export interface ClosenessOptions {
  /** No photo of a person may be as close to a photo of the other set. */
  readonly photoThreshold: number;
  /** Nor may the mean of all photos be as close to the mean of a person there, which is the surer measure. */
  readonly meanThreshold: number;
  /** Faces that a person needs, for there is nothing to learn of one photo. */
  readonly leastFaces?: number;
}

/**
 * Leave out of a training set every person who may be one of the judging set: whose mean embedding, or any photo's, is too close to one
 * of a person there. Relatives and strangers who look alike go too; better they than one who stays.
 *
 * @param faces - Of the training set.
 * @param judging - Of the judging set, of all its lists.
 */
export function disjointPeople<Face extends EmbeddedFace>(
  faces: readonly Face[],
  judging: readonly EmbeddedFace[],
  { photoThreshold, meanThreshold, leastFaces = 2 }: ClosenessOptions,
): DisjointPeople<Face> {
  const others = judging.map(({ embedding }) => embedding);
  const otherMeans = [...byPerson(judging).values()].map(meanEmbedding);
  const kept: TrainingPerson<Face>[] = [];
  const tooClose = { people: 0, faces: 0 };
  const tooFew = { people: 0, faces: 0 };
  for (const [name, own] of byPerson(faces)) {
    const isNear =
      isWithin(meanEmbedding(own), otherMeans, meanThreshold) ||
      own.some(({ embedding }) => isWithin(embedding, others, photoThreshold));
    if (!isNear && own.length >= leastFaces) {
      kept.push({ name, faces: own });
      continue;
    }
    const gone = isNear ? tooClose : tooFew;
    gone.people++;
    gone.faces += own.length;
  }
  return { people: kept, tooClose, tooFew };
}

function byPerson<Face extends EmbeddedFace>(faces: readonly Face[]): Map<string, Face[]> {
  const people = new Map<string, Face[]>();
  for (const face of faces) {
    const name = personOf(face.path);
    const own = people.get(name);
    if (own === undefined) people.set(name, [face]);
    else own.push(face);
  }
  return people;
}

function meanEmbedding(faces: readonly EmbeddedFace[]): Float32Array {
  const sum = new Float32Array(faces[0]!.embedding.length);
  for (const { embedding } of faces) for (let i = 0; i < sum.length; i++) sum[i]! += embedding[i]!;
  return l2Normalize(sum);
}

/** Whether one of many unit vectors is within a squared L2 of one, by the dot product. */
function isWithin(one: Float32Array, others: readonly Float32Array[], threshold: number): boolean {
  const leastDot = 1 - threshold / 2;
  return others.some((other) => {
    let dot = 0;
    for (let i = 0; i < one.length; i++) dot += one[i]! * other[i]!;
    return dot >= leastDot;
  });
}
