import { availableParallelism } from 'node:os';
import { FaceError, seedOf } from '@kith/core';
import type { Augmentation } from '../../augmentation/augmentation.ts';
import { checkAugmentation } from '../../augmentation/check-augmentation.ts';
import type { Sampler } from '../../samplers/sampler.ts';
import { LoaderThread } from './loader-thread.ts';
import { openPack, type Pack } from './open-pack.ts';

export interface LoaderOptions {
  /** A pack, or its path. */
  readonly pack: Pack | string;
  readonly sampler: Sampler;
  readonly augmentation: Augmentation;
  /** Side of the faces in a batch. */
  readonly sizePx: number;
  /** Side of what a batch shows of a face, as a share of the pack's: below 1 where the pack has a margin. */
  readonly shownShare?: number;
  readonly seed: number;
  /** The result is the same for any number. */
  readonly threads?: number;
  /** Batches made before they are asked for. */
  readonly ahead?: number;
  /** What goes with each row of the pack, such as a teacher's embedding. Shape `[count, dimension]`. */
  readonly targets?: Float32Array;
}

export interface LoadedBatch {
  /** RGB, 0–255. Shape `[n, sizePx, sizePx, 3]`. It is used again by the call of `next` after: take what is needed before. */
  readonly pixels: Float32Array<SharedArrayBuffer>;
  /** Rows of the pack. Shape `[n]`. */
  readonly rows: Int32Array;
  /** Person of each row. Shape `[n]`. */
  readonly labels: Int32Array;
  /** Seed of each row's augmentation, which `createRandom` makes a generator of. Shape `[n]`. */
  readonly seeds: Uint32Array;
  /** Shape `[n, dimension]`; empty where the loader has none. */
  readonly targets: Float32Array;
}

export interface Loader {
  /**
   * Wait for the batch of an iteration, while those after it are being made.
   *
   * @param iteration - Mostly the one after the last; any other is made from the start.
   * @throws {FaceError} `DATASET_INCOMPLETE` when faces cannot be read; `RUNTIME_FAILED` when a thread ends; `CANCELLED` once closed.
   */
  next(iteration: number): Promise<LoadedBatch>;
  /** How long all calls of `next` waited. */
  readonly waitedMs: number;
  /** End the threads. */
  close(): Promise<void>;
}

/**
 * Start threads that read faces of a pack, augment them and lay them into shared memory. The augmentation of a face follows from
 * the seed, the iteration and its place in the batch alone.
 *
 * @throws {FaceError} as {@link openPack}; `USAGE` when targets do not fit the pack or a number is out of range.
 */
export async function openLoader(options: LoaderOptions): Promise<Loader> {
  const pack = typeof options.pack === 'string' ? await openPack(options.pack) : options.pack;
  const {
    threads = Math.max(1, availableParallelism() - 1),
    ahead = 2,
    shownShare = 1,
    targets = new Float32Array(0),
  } = options;
  checkAugmentation(options.augmentation);
  for (const [name, value] of Object.entries({ threads, ahead, sizePx: options.sizePx })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new FaceError('USAGE', `${name} is a whole number of at least 1, got ${value}.`);
    }
  }
  if (!(shownShare > 0)) throw new FaceError('USAGE', `shownShare is a number above 0, got ${shownShare}.`);
  if (targets.length % pack.count !== 0) {
    throw new FaceError('USAGE', `Targets go with the ${pack.count} rows of the pack, got ${targets.length} numbers.`);
  }
  return new ThreadedLoader({ ...options, pack, threads, ahead, shownShare, targets });
}

interface Making {
  readonly iteration: number;
  readonly slot: number;
  readonly rows: Int32Array;
  readonly seeds: Uint32Array;
  readonly done: Promise<unknown>;
}

class ThreadedLoader implements Loader {
  waitedMs = 0;
  private readonly options: Required<LoaderOptions> & { readonly pack: Pack };
  private readonly slots: readonly Float32Array<SharedArrayBuffer>[];
  private readonly threads: readonly LoaderThread[];
  /** In the order of the iterations, which follow one another. */
  private making: Making[] = [];
  private isWaiting = false;
  private isClosed = false;

  constructor(options: Required<LoaderOptions> & { readonly pack: Pack }) {
    this.options = options;
    const { pack, sampler, sizePx, shownShare, augmentation } = options;
    const bytes = sampler.batchSize * sizePx * sizePx * 3 * Float32Array.BYTES_PER_ELEMENT;
    // one in hand, the others on the way
    const slots = Array.from({ length: options.ahead + 1 }, () => new Float32Array(new SharedArrayBuffer(bytes)));
    const setup = { pixelsFile: pack.pixelsFile, sidePx: pack.sidePx, sizePx, shownShare, augmentation, slots };
    this.slots = slots;
    this.threads = Array.from({ length: options.threads }, () => new LoaderThread(setup));
  }

  async next(iteration: number): Promise<LoadedBatch> {
    if (this.isClosed) throw new FaceError('CANCELLED', 'The loader is closed.');
    if (this.isWaiting) throw new FaceError('USAGE', 'The loader gives one batch after the other: await next first.');
    this.isWaiting = true;
    const start = performance.now();
    for (const thread of this.threads) thread.hold();
    try {
      if (this.making[0]?.iteration !== iteration) await this.discard();
      for (let i = iteration + this.making.length; i <= iteration + this.options.ahead; i++) this.start(i);
      const { slot, rows, seeds, done } = this.making.shift()!;
      await done;
      return this.batchOf({ slot, rows, seeds });
    } finally {
      for (const thread of this.threads) thread.release();
      this.waitedMs += performance.now() - start;
      this.isWaiting = false;
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.threads.map((thread) => thread.close()));
  }

  /** Leave what is under way, once no thread writes to its memory. */
  private async discard(): Promise<void> {
    await Promise.allSettled(this.making.map(({ done }) => done));
    this.making = [];
  }

  private start(iteration: number): void {
    const { sampler, seed, pack } = this.options;
    const rows = sampler.batch(iteration);
    const bad = rows.find((row) => !(row >= 0 && row < pack.count));
    if (bad !== undefined) throw new FaceError('USAGE', `The sampler gives row ${bad}; the pack has ${pack.count}.`);
    const seeds = Uint32Array.from(rows, (_, i) => seedOf(seed, iteration, i));
    const slot = iteration % this.slots.length;
    const share = Math.ceil(rows.length / this.threads.length);
    const parts = this.threads.map((thread, t) => {
      const [first, end] = [t * share, (t + 1) * share];
      return thread.load({ slot, first, rows: rows.slice(first, end), seeds: seeds.slice(first, end) });
    });
    // once no thread writes any more, also where one failed
    const done = Promise.allSettled(parts).then(() => Promise.all(parts));
    // told to who waits for it, if anybody does
    done.catch(() => undefined);
    this.making.push({ iteration, slot, rows, seeds, done });
  }

  private batchOf({ slot, rows, seeds }: Pick<Making, 'slot' | 'rows' | 'seeds'>): LoadedBatch {
    const { pack, targets: all } = this.options;
    const dimension = all.length / pack.count;
    const targets = new Float32Array(rows.length * dimension);
    rows.forEach((row, i) => {
      targets.set(all.subarray(row * dimension, (row + 1) * dimension), i * dimension);
    });
    return { pixels: this.slots[slot]!, rows, labels: rows.map((row) => pack.labels[row]!), seeds, targets };
  }
}
