import type { RunTelling } from '@kith/training/run';

/** What each setting of a run is changed by, the first that fits. */
const causes: readonly (readonly [setting: RegExp, cause: string])[] = [
  [
    /^dataHash$/,
    'the photos, or which of them judge, are others than it began with (--data, --lfw, --skip-unreadable)',
  ],
  [/^phase\.solver\.faces$/, '--budget'],
  [/^phase\.ownSolver/, '--solver'],
  [/(^|\.)seed$/, '--seed'],
  [/^recipe$/, '--recipe'],
  [/^(phase|network|crop)/, '--start, or the recipe of another kith'],
];

/** How a folder of another run is told of, in the command's options. */
export const telling: RunTelling = {
  causeOf: (setting) => causes.find(([pattern]) => pattern.test(setting))?.[1],
  remedy: 'Give what it began with to go on, or another folder by --out.',
};
