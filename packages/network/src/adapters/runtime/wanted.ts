import { availableParallelism } from 'node:os';
import { env } from 'node:process';
import { FaceError } from '@kith/core';
import type { RuntimeName } from '../../runtime.ts';
import { runtimeNames } from './local-runtime.ts';

/** Made for serving, the faster first. */
const serving: readonly RuntimeName[] = ['onnxruntime', 'onnxruntime-wasm'];

/**
 * The runtimes of which the first that loads is used.
 *
 * @param wanted - A name, or `auto` for those made for serving; `KITH_RUNTIME` where left out, else `auto`.
 * @throws {FaceError} `USAGE` for a name that is none.
 */
export function wantedRuntimes(wanted: string = env.KITH_RUNTIME || 'auto'): readonly RuntimeName[] {
  if (wanted === 'auto') return serving;
  const names = runtimeNames.filter((name) => name === wanted);
  if (names.length > 0) return names;
  throw new FaceError('USAGE', `There is no runtime ${wanted}, expected ${runtimeNames.join(', ')} or auto.`);
}

/**
 * How many threads networks are run in: `KITH_THREADS`, else one a core, four at most.
 *
 * @throws {FaceError} `USAGE` for what is no whole number from 1.
 */
export function wantedThreads(): number {
  const asked = env.KITH_THREADS;
  if (!asked) return usualThreads();
  const threads = Number(asked);
  if (Number.isInteger(threads) && threads >= 1) return threads;
  throw new FaceError('USAGE', `KITH_THREADS is ${JSON.stringify(asked)}, expected a whole number from 1.`);
}

/** One a core, four at most. */
export function usualThreads(): number {
  return Math.min(4, availableParallelism());
}
