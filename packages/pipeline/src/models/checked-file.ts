import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { FaceError } from '@kith/core';

/**
 * Read a file of weights that comes with kith, all at once.
 *
 * @param sha256 - Of the file as it was when kith was measured with it, in hexadecimal.
 * @throws {FaceError} `WEIGHTS_CHECKSUM` when the file is missing or altered.
 */
export async function readChecked(path: string, { sha256 }: { readonly sha256: string }): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new FaceError('WEIGHTS_CHECKSUM', `Cannot read the weights ${path}. Run \`npm ci\` again.`, { cause });
  });
  const got = createHash('sha256').update(bytes).digest('hex');
  if (got === sha256) return bytes;
  throw new FaceError(
    'WEIGHTS_CHECKSUM',
    `The weights ${path} are not the published ones: expected sha256 ${sha256}, got ${got}.`,
  );
}
