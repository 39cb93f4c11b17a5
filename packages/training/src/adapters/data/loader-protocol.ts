import type { ErrorCode } from '@kith/core';
import type { Augmentation } from '../../augmentation/augmentation.ts';

/** What a loader's thread is started with. */
export interface LoaderSetup {
  readonly pixelsFile: string;
  /** Side of a face in the file. */
  readonly sidePx: number;
  /** Side of a face in a batch. */
  readonly sizePx: number;
  readonly shownShare: number;
  readonly augmentation: Augmentation;
  /** Memory of the batches, taken in turn. Each of shape `[n, sizePx, sizePx, 3]`. */
  readonly slots: readonly Float32Array<SharedArrayBuffer>[];
}

/** A part of a batch for one thread. */
export interface LoaderRequest {
  readonly sequence: number;
  readonly slot: number;
  /** Place of the part's first face in the batch. */
  readonly first: number;
  /** Rows of the pack. */
  readonly rows: Int32Array;
  /** Seed of each row's augmentation. */
  readonly seeds: Uint32Array;
}

export interface LoaderAnswer {
  readonly sequence: number;
  readonly error?: { readonly code: ErrorCode; readonly message: string };
}
