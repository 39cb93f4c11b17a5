import { FaceError } from '@kith/core';
import { facenetInceptionResnetV1 } from '@kith/embedding';
import type { Network, Weights } from '@kith/network';
import { readWeights } from '@kith/network/weights';
import { type BundledName, bundledNets, readBundledWeights } from './models/bundled-weights.ts';
import { readFacenetWeights } from './models/facenet-weights.ts';

export interface NetworkWeightsOptions {
  /** A safetensors file, with its manifest beside it. */
  readonly file?: string | undefined;
}

/**
 * Read what a network has learnt: from a file, from what comes with kith, or FaceNet's from the folder that `KITH_WEIGHTS` names, where it
 * is not set from `shared/weights` beside the working folder or the repository.
 *
 * @throws {FaceError} `WEIGHTS_CHECKSUM` where weights are missing or are others than kith knows; `USAGE` for a network of which none of
 *   these places has any; `FILE_NOT_FOUND`, `WEIGHTS_MALFORMED`, `WEIGHTS_MISMATCH` for files that cannot be read or do not fit.
 */
export async function readNetworkWeights(
  { name }: Pick<Network, 'name'>,
  { file }: NetworkWeightsOptions = {},
): Promise<Weights> {
  if (file !== undefined) return (await readWeights(file)).weights;
  if (Object.hasOwn(bundledNets, name)) return readBundledWeights(name as BundledName);
  if (name === facenetInceptionResnetV1.name) return readFacenetWeights();
  throw new FaceError(
    'USAGE',
    `No weights of ${name} come with kith, which has those of ${Object.keys(bundledNets).join(', ')}. Name a file by --weights.`,
  );
}
