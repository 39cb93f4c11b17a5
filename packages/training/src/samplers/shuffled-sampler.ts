import { createRandom, FaceError, randomInteger, seedOf } from '@kith/core';
import { assertIteration, type Sampler } from './sampler.ts';

export interface ShuffledSamplerOptions {
  /** Rows of the data set. */
  readonly count: number;
  readonly batchSize: number;
  readonly seed: number;
}

/**
 * Go through all rows in a new order each epoch. No row is dropped: a batch that reaches the end of an epoch is filled from the
 * next one, so `batchesPerEpoch` is rounded up, and a data set smaller than a batch is seen several times in each.
 *
 * @throws {FaceError} `TRAINING_DATA_UNFIT` without rows; `USAGE` when the batch size is not a positive whole number.
 */
export function shuffledSampler({ count, batchSize, seed }: ShuffledSamplerOptions): Sampler {
  if (count < 1) throw new FaceError('TRAINING_DATA_UNFIT', 'There is no row to sample: the data set is empty.');
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new FaceError('USAGE', `A batch size is a whole number of at least 1, got ${batchSize}.`);
  }
  // the order last used: iterations mostly follow one another
  let kept = { epoch: -1, order: new Int32Array(0) };
  const orderOf = (epoch: number): Int32Array => {
    if (kept.epoch !== epoch) kept = { epoch, order: permutation(count, seedOf(seed, epoch)) };
    return kept.order;
  };
  return {
    batchSize,
    batchesPerEpoch: Math.ceil(count / batchSize),
    batch: (iteration) => {
      assertIteration(iteration);
      const first = iteration * batchSize;
      return Int32Array.from({ length: batchSize }, (_, i) => {
        const place = first + i;
        return orderOf(Math.floor(place / count))[place % count]!;
      });
    },
  };
}

/** The whole numbers below `count` in a random order, by Fisher and Yates. */
export function permutation(count: number, seed: number): Int32Array<ArrayBuffer> {
  const random = createRandom(seed);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = randomInteger(random, i + 1);
    const moved = order[i]!;
    order[i] = order[j]!;
    order[j] = moved;
  }
  return order;
}
