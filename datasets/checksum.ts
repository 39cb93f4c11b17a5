import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { PublishedFile } from './manifest.ts';

/** Hash of a file's bytes. */
export async function hashFile(file: string, algorithm: 'sha256' | 'md5' = 'sha256'): Promise<Buffer> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest();
}

/**
 * Tell whether a file is the one that was published.
 *
 * @returns Nothing where it is, else what is wrong, in words.
 */
export async function faultOf(path: string, { bytes, sha256, md5 }: PublishedFile): Promise<string | undefined> {
  if (!existsSync(path)) return 'missing';
  const { size } = statSync(path);
  if (bytes !== undefined && size !== bytes) return `${size} bytes where ${bytes} are expected`;
  for (const [algorithm, expected] of [
    ['sha256', sha256],
    ['md5', md5],
  ] as const) {
    if (expected === undefined) continue;
    const found = (await hashFile(path, algorithm)).toString('hex');
    if (found !== expected) return `${algorithm} ${found} where ${expected} is expected`;
  }
  return undefined;
}
