import { seedOf } from '@kith/core';
import { type PhotosWanted, photosOfPeople } from './photos-of-people.ts';
import { assertIteration, type Sampler } from './sampler.ts';
import { permutation } from './shuffled-sampler.ts';

export interface PkSamplerOptions extends PhotosWanted {
  readonly seed: number;
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
export function pkSampler({ seed, ...wanted }: PkSamplerOptions): Sampler {
  const { people, photosPerPerson } = wanted;
  const { rowsOf, usable } = photosOfPeople(wanted);
  const batchesPerEpoch = Math.floor(usable.length / people);
  let kept = { epoch: -1, order: new Int32Array(0) };
  return {
    batchSize: people * photosPerPerson,
    batchesPerEpoch,
    batch: (iteration) => {
      assertIteration(iteration);
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
