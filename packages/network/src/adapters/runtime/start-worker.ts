import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/**
 * Run a worker that stands beside its caller, as the caller itself runs: built, or as TypeScript.
 *
 * @param caller - The caller's `import.meta.url`.
 * @param workerData - `name` is the worker's file name without its extension.
 */
export function startWorker(
  caller: string,
  { name, workerData }: { readonly name: string; readonly workerData: unknown },
): Worker {
  const extension = extname(new URL(caller).pathname);
  const execArgv = extension === '.ts' ? ['--conditions=kith-source', '--import', readTypeScript] : [];
  return new Worker(new URL(`./${name}${extension}`, caller), { workerData, execArgv });
}

/** A module that makes a thread read TypeScript; tsx's own `--import tsx` does so in a process's main thread only. */
const readTypeScript = `data:text/javascript,${encodeURIComponent(
  `import { register } from 'node:module'; register('tsx/esm', ${JSON.stringify(import.meta.url)}, { data: {} });`,
)}`;
