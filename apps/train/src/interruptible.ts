import type { Loader } from '@kith/training/data';

/** A loader that lets Ctrl-C in before each batch: batches that are ready come one after the other, and signals would wait for long. */
export function interruptible(loader: Loader): Loader {
  return {
    async next(iteration) {
      await new Promise(setImmediate);
      return loader.next(iteration);
    },
    get waitedMs() {
      return loader.waitedMs;
    },
    close: () => loader.close(),
  };
}
