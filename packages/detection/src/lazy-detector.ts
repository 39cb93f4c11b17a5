import type { Detector } from '@kith/core';

/**
 * A detector that is opened when an image first comes to it: one that is seldom asked costs nothing until then.
 *
 * @param open - Called again after it failed.
 */
export function lazyDetector(name: string, open: () => Promise<Detector>): Detector {
  let opening: Promise<Detector> | undefined;
  return {
    name,
    async detect(image) {
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return (await opening).detect(image);
    },
  };
}
