import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { FaceError } from '@kith/core';
import { type Network, readPrototxt } from '@kith/network';
import { findNetwork } from './networks.ts';

/** No network's description is larger. */
const maxBytes = 4 * 2 ** 20;

/**
 * Find a network by its name, or read one from a Caffe file, `….prototxt`.
 *
 * @throws {FaceError} `NETWORK_UNKNOWN` for another name, `FILE_NOT_FOUND`, or `NETWORK_INVALID` with the line.
 */
export async function openNetwork(nameOrFile: string): Promise<Network> {
  const extension = extname(nameOrFile);
  if (extension.toLowerCase() !== '.prototxt') return findNetwork(nameOrFile);
  const stats = await stat(nameOrFile).catch((cause: unknown) => {
    throw new FaceError('FILE_NOT_FOUND', `There is no file ${JSON.stringify(nameOrFile)}.`, { cause });
  });
  if (!stats.isFile() || stats.size > maxBytes) {
    throw new FaceError('NETWORK_INVALID', `${JSON.stringify(nameOrFile)} is no file of at most ${maxBytes} bytes.`);
  }
  return readPrototxt(await readFile(nameOrFile, 'utf8'), { name: basename(nameOrFile, extension) });
}
