import { readFile } from 'node:fs/promises';
import { FaceError } from '@kith/core';
import type { DecisionTable } from '@kith/evaluation';

/**
 * Read what was measured of a model, from the file beside it.
 *
 * @throws {FaceError} `WEIGHTS_CHECKSUM` when the file is missing or not JSON.
 */
export async function readDecisionTable(model: string): Promise<DecisionTable> {
  const file = new URL(`../../assets/${model}.json`, import.meta.url);
  try {
    return JSON.parse(await readFile(file, 'utf8')) as DecisionTable;
  } catch (cause) {
    throw new FaceError('WEIGHTS_CHECKSUM', `The decision table of ${model} is missing or damaged.`, { cause });
  }
}
