import { readFile } from 'node:fs/promises';
import { assertSameSpace, type EmbeddingSpace, FaceError } from '@kith/core';
import type { DecisionTable } from '@kith/evaluation';

/**
 * Read what was measured of a model, from the file beside it.
 *
 * @param space - What the model embeds into now: thresholds of another space decide nothing here.
 * @throws {FaceError} `WEIGHTS_CHECKSUM` when the file is missing or not JSON; `SPACE_MISMATCH` when it was measured in another space.
 */
export async function readDecisionTable(
  model: string,
  { space }: { readonly space: EmbeddingSpace },
): Promise<DecisionTable> {
  const file = new URL(`../../assets/${model}.json`, import.meta.url);
  let table: DecisionTable;
  try {
    table = JSON.parse(await readFile(file, 'utf8')) as DecisionTable;
  } catch (cause) {
    throw new FaceError('WEIGHTS_CHECKSUM', `The decision table of ${model} is missing or damaged.`, { cause });
  }
  assertSameSpace(space, table.space);
  return table;
}
