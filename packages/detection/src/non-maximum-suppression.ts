import type { Candidates } from './candidates.ts';

export interface SuppressionOptions {
  /** Intersection over union, 0–1, above which a box is taken for one with a better score. */
  readonly maxOverlap?: number;
  /** No more boxes than this are kept. */
  readonly maxCount?: number;
}

/**
 * Choose boxes, best score first, that do not overlap a better one.
 *
 * @returns Numbers of the chosen boxes, best score first; of equal scores the first in the list wins.
 */
export function nonMaximumSuppression(
  { boxes, scores }: Candidates,
  { maxOverlap = 0.5, maxCount = Number.POSITIVE_INFINITY }: SuppressionOptions = {},
): readonly number[] {
  const byScore = [...scores.keys()].sort((one, other) => scores[other]! - scores[one]!);
  const kept: number[] = [];
  for (const candidate of byScore) {
    if (kept.length >= maxCount) break;
    if (kept.every((better) => overlap(boxes, candidate, better) <= maxOverlap)) kept.push(candidate);
  }
  return kept;
}

/** Intersection over union of two boxes of a list; a box without area overlaps none. */
function overlap(boxes: Float32Array, one: number, other: number): number {
  const [i, j] = [4 * one, 4 * other];
  const [areaOne, areaOther] = [area(boxes, i), area(boxes, j)];
  if (!(areaOne > 0 && areaOther > 0)) return 0;
  const width = Math.min(boxes[i + 2]!, boxes[j + 2]!) - Math.max(boxes[i]!, boxes[j]!);
  const height = Math.min(boxes[i + 3]!, boxes[j + 3]!) - Math.max(boxes[i + 1]!, boxes[j + 1]!);
  const intersection = Math.max(0, width) * Math.max(0, height);
  return intersection / (areaOne + areaOther - intersection);
}

function area(boxes: Float32Array, at: number): number {
  return (boxes[at + 2]! - boxes[at]!) * (boxes[at + 3]! - boxes[at + 1]!);
}
