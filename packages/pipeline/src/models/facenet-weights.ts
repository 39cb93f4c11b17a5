import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { FaceError } from '@kith/core';
import { facenetInceptionResnetV1, facenetWeights, facenetWeightsSha256 } from '@kith/embedding';
import type { Weights } from '@kith/network';
import { readNpyFolder } from '@kith/network/weights';

const { name } = facenetInceptionResnetV1;

/**
 * Read FaceNet's weights, which do not come with kith: they are looked for in the folder that `KITH_WEIGHTS` names, else in
 * `shared/weights` beside the working folder or the repository.
 *
 * @throws {FaceError} `WEIGHTS_CHECKSUM` where they are not, or are others.
 */
export async function readFacenetWeights(): Promise<Weights> {
  const folder = await facenetWeightFolder();
  if (folder !== undefined) return facenetWeights(await readNpyFolder(folder, { sha256: facenetWeightsSha256 }));
  throw new FaceError(
    'WEIGHTS_CHECKSUM',
    `The weights of ${name} are not there: expected a folder ${name} of .npy files in one of ${places().join(', ')}. Name the folder that holds it by KITH_WEIGHTS.`,
  );
}

/** @returns Where the weights lie, if anywhere. */
export async function facenetWeightFolder(): Promise<string | undefined> {
  for (const place of places()) {
    const folder = join(place, name);
    const isThere = await access(folder).then(
      () => true,
      () => false,
    );
    if (isThere) return folder;
  }
  return undefined;
}

function places(): readonly string[] {
  if (env.KITH_WEIGHTS) return [resolve(env.KITH_WEIGHTS)];
  const besideRepository = fileURLToPath(new URL('../../../../../shared/weights', import.meta.url));
  return [...new Set([resolve('../shared/weights'), besideRepository])];
}
