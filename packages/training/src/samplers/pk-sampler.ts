import { FaceError, seedOf } from '@kith/core';
import type { Sampler } from './sampler.ts';
import { permutation } from './shuffled-sampler.ts';

export interface PkSamplerOptions {
  /** Person of each row of the data set. Shape `[rows]`. */
  readonly labels: ArrayLike<number>;
  /** P: different people in a batch, at least 2. */
  readonly people: number;
  /** K: photos of each of them, at least 2. */
  readonly photosPerPerson: number;
  readonly seed: number;
  /** Also take people who have fewer than K photos, two at least, and repeat their photos. */
  readonly repeatPhotos?: boolean;
}

// what the random orders are of, the second part of their seeds
const ofPeople = 0;
const ofPhotos = 1;

/**
 * Batches of P people with K photos each, person after person; so a batch holds PK(K − 1)(PK − K) triplets of anchor, positive and
 * negative. An epoch is one pass over the people in a new order, without those few at its end who fill no batch. A person's photos
 * come in a random order too: over the epochs each comes once before any comes again, but for those few that fill no K.
 *
 * @throws {FaceError} `TRAINING_DATA_UNFIT` when fewer than P people have photos enough; `USAGE` when P or K is below 2.
 * @see Hermans et al., In Defense of the Triplet Loss, 2017, §2.
 */
export function pkSampler({ labels, people, photosPerPerson, seed, repeatPhotos = false }: PkSamplerOptions): Sampler {
  for (const [name, value] of Object.entries({ people, photosPerPerson })) {
    if (!Number.isInteger(value) || value < 2) {
      throw new FaceError('USAGE', `${name} is a whole number of at least 2, got ${value}.`);
    }
  }
  const rowsOf = rowsByLabel(labels);
  const least = repeatPhotos ? 2 : photosPerPerson;
  const usable = [...rowsOf.keys()].filter((label) => rowsOf.get(label)!.length >= least).sort((a, b) => a - b);
  if (usable.length < people) throw tooFew({ rowsOf, usable: usable.length, people, least });
  const batchesPerEpoch = Math.floor(usable.length / people);
  let kept = { epoch: -1, order: new Int32Array(0) };
  return {
    batchSize: people * photosPerPerson,
    batchesPerEpoch,
    batch: (iteration) => {
      const epoch = Math.floor(iteration / batchesPerEpoch);
      if (kept.epoch !== epoch) kept = { epoch, order: permutation(usable.length, seedOf(seed, ofPeople, epoch)) };
      const first = (iteration % batchesPerEpoch) * people;
      const rows = new Int32Array(people * photosPerPerson);
      for (let p = 0; p < people; p++) {
        const label = usable[kept.order[first + p]!]!;
        const taken = takePhotos(rowsOf.get(label)!, { label, epoch, count: photosPerPerson, seed });
        rows.set(taken, p * photosPerPerson);
      }
      return rows;
    },
  };
}

interface Turn {
  readonly label: number;
  readonly epoch: number;
  readonly count: number;
  readonly seed: number;
}

/** The photos of a person's turn: the next few of a random order that changes once it is used up. */
function takePhotos(photos: readonly number[], { label, epoch, count, seed }: Turn): number[] {
  const turnsPerOrder = Math.max(1, Math.floor(photos.length / count));
  const order = permutation(photos.length, seedOf(seed, ofPhotos, label, Math.floor(epoch / turnsPerOrder)));
  const first = (epoch % turnsPerOrder) * count;
  return Array.from({ length: count }, (_, i) => photos[order[(first + i) % photos.length]!]!);
}

function rowsByLabel(labels: ArrayLike<number>): Map<number, number[]> {
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const known = rowsOf.get(labels[row]!);
    if (known) known.push(row);
    else rowsOf.set(labels[row]!, [row]);
  }
  return rowsOf;
}

interface Shortage {
  readonly rowsOf: ReadonlyMap<number, readonly number[]>;
  readonly usable: number;
  readonly people: number;
  readonly least: number;
}

function tooFew({ rowsOf, usable, people, least }: Shortage): FaceError {
  const single = [...rowsOf.values()].filter((rows) => rows.length === 1).length;
  const got = `got ${usable} of ${rowsOf.size} people, ${single} of whom have one photo only`;
  return new FaceError(
    'TRAINING_DATA_UNFIT',
    `A batch takes ${people} people of at least ${least} photos each; ${got}.`,
  );
}
