import { FaceError, seedOf } from '@kith/core';
import { type PhotosOfPeople, type PhotosWanted, photosOfPeople } from './photos-of-people.ts';
import { assertIteration, type Sampler } from './sampler.ts';
import { permutation } from './shuffled-sampler.ts';

export interface ConfuserSamplerOptions extends PhotosWanted {
  /** For each label, the labels of those who are taken for that person, the likeliest first. Shape `[people, up to any number]`. */
  readonly confusers: readonly ArrayLike<number>[];
  /** People in a group, from 2 to P; the last group of a batch is smaller where they do not fill it evenly. */
  readonly groupSize: number;
  readonly seed: number;
}

// what the random orders are of, the second part of their seeds
const ofSeeds = 2;
const ofPhotos = 3;
const ofStrangers = 4;

/**
 * Batches of P people with K photos each, in groups of people who are taken for each other, so that hard negatives meet their anchors.
 * An epoch goes once through all people as the seeds of groups, in a new order, without those few at its end who fill no batch. A group
 * is a seed and its likeliest confusers who are not in the batch yet; where there are too few of them, people at random.
 *
 * @throws {FaceError} `TRAINING_DATA_UNFIT` when fewer than P people have photos enough; `USAGE` when P or K is below 2, the size of a
 * group is out of range, or the confusers are of other people.
 * @see Schroff et al., FaceNet, CVPR 2015, §3.2 (hard negatives found offline).
 */
export function confuserSampler({ confusers, groupSize, seed, ...wanted }: ConfuserSamplerOptions): Sampler {
  const { people, photosPerPerson } = wanted;
  const photos = photosOfPeople(wanted);
  if (!Number.isInteger(groupSize) || groupSize < 2 || groupSize > people) {
    throw new FaceError('USAGE', `A group has 2 to ${people} of a batch's people, got ${groupSize}.`);
  }
  assertConfusers(confusers, photos);
  const { rowsOf, usable } = photos;
  const isUsable = new Set(usable);
  const groups = Math.ceil(people / groupSize);
  const batchesPerEpoch = Math.floor(usable.length / groups);
  let kept = { epoch: -1, order: new Int32Array(0) };
  return {
    batchSize: people * photosPerPerson,
    batchesPerEpoch,
    batch: (iteration) => {
      assertIteration(iteration);
      const epoch = Math.floor(iteration / batchesPerEpoch);
      if (kept.epoch !== epoch) kept = { epoch, order: permutation(usable.length, seedOf(seed, ofSeeds, epoch)) };
      const first = (iteration % batchesPerEpoch) * groups;
      const seeds = Array.from(kept.order.subarray(first, first + groups), (place) => usable[place]!);
      const likely = seeds.map((label) => Array.from(confusers[label]!).filter((other) => isUsable.has(other)));
      const strangers = permutation(usable.length, seedOf(seed, ofStrangers, iteration));
      const batch = fillGroups(seeds, {
        ...{ people, groupSize, likely },
        strangers: Array.from(strangers, (place) => usable[place]!),
      });
      return Int32Array.from(
        batch.flatMap((label) => {
          const own = rowsOf.get(label)!;
          const order = permutation(own.length, seedOf(seed, ofPhotos, iteration, label));
          return Array.from({ length: photosPerPerson }, (_, i) => own[order[i % own.length]!]!);
        }),
      );
    },
  };
}

interface GroupsWanted {
  readonly people: number;
  readonly groupSize: number;
  /** Whom each seed is taken for, the likeliest first. */
  readonly likely: readonly (readonly number[])[];
  /** All people, in a random order. */
  readonly strangers: readonly number[];
}

/** The people of a batch, group after group, each led by its seed. Nobody comes twice. */
function fillGroups(seeds: readonly number[], { people, groupSize, likely, strangers }: GroupsWanted): number[] {
  const taken = new Set(seeds);
  return seeds.flatMap((seed, number) => {
    const size = Math.min(groupSize, people - number * groupSize);
    const group = [seed];
    for (const candidates of [likely[number]!, strangers]) {
      for (const label of candidates) {
        if (group.length === size) break;
        if (taken.has(label)) continue;
        taken.add(label);
        group.push(label);
      }
    }
    return group;
  });
}

function assertConfusers(confusers: readonly ArrayLike<number>[], { rowsOf }: PhotosOfPeople): void {
  for (const label of rowsOf.keys()) {
    const own = confusers[label];
    const wrong = own ? Array.from(own).find((other) => other === label || !rowsOf.has(other)) : 'none';
    if (wrong === undefined) continue;
    const expected = 'expected labels of other people of the data set';
    throw new FaceError('USAGE', `The confusers of person ${label} do not fit: ${expected}, got ${wrong}.`);
  }
}
