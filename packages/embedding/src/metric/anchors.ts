import { FaceError } from '@kith/core';
import type { DistanceTable } from './distances.ts';
import { assertLabels } from './rows.ts';

/** A row of a batch with its own person's other rows, and everybody else's. */
export interface Anchor {
  readonly row: number;
  /** Ascending. */
  readonly positives: Int32Array;
  /** Ascending. Chosen by label alone, so never of the anchor's own person, whatever the distances are. */
  readonly negatives: Int32Array;
}

/** Walk over the rows that have both a positive and a negative. */
export function* anchorsOf(labels: Int32Array): Generator<Anchor> {
  const rows = Int32Array.from(labels, (_, row) => row);
  for (const row of rows) {
    const positives = rows.filter((other) => other !== row && labels[other] === labels[row]);
    const negatives = rows.filter((other) => labels[other] !== labels[row]);
    if (positives.length > 0 && negatives.length > 0) yield { row, positives, negatives };
  }
}

/** Sort other rows by their distance from one; of two as near, the earlier first. */
export function nearestFirst(others: Int32Array, { values, count }: DistanceTable, row: number): Int32Array {
  const distances = values.subarray(row * count, (row + 1) * count);
  return others.toSorted((one, other) => distances[one]! - distances[other]!);
}

/**
 * Refuse what cannot be mined; no triplets from broken numbers would look like a batch without any left to learn.
 *
 * @throws {FaceError} `USAGE` unless there is a label a row; `EMBEDDING_ZERO` when a distance is not finite.
 */
export function assertMinable({ values, count }: DistanceTable, labels: Int32Array): void {
  assertLabels(labels, count);
  const broken = values.findIndex((value) => !Number.isFinite(value));
  if (broken < 0) return;
  const [one, other] = [Math.floor(broken / count), broken % count];
  throw new FaceError('EMBEDDING_ZERO', `Distances must be finite, got ${values[broken]} between ${one} and ${other}.`);
}
