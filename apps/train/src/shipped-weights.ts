import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { assertWeightsFit, type Weights } from '@kith/network';
import { readWeights } from '@kith/network/weights';
import { readNetworkWeights } from '@kith/pipeline';
import type { Recipe } from './recipes/recipe.ts';

/**
 * Read the weights of a recipe's network that come with kith.
 *
 * @param assets - Where they lie; beside the pipeline's other assets by default.
 * @returns Nothing where none come.
 * @throws {FaceError} `WEIGHTS_CHECKSUM`, `WEIGHTS_MALFORMED`, `WEIGHTS_MISMATCH` where they are damaged or do not fit.
 */
export async function shippedWeights(
  { name, network, start }: Pick<Recipe, 'name' | 'network' | 'start'>,
  { assets = assetsFolder() }: { readonly assets?: string } = {},
): Promise<Weights | undefined> {
  if (start !== 'anew') return readNetworkWeights({ name: start });
  const path = join(assets, `${name}.safetensors`);
  if (!existsSync(path)) return undefined;
  const { weights } = await readWeights(path);
  assertWeightsFit(network, weights);
  return weights;
}

function assetsFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@kith/pipeline/package.json')), 'assets');
}
