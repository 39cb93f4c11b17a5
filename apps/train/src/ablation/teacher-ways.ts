import { kithInceptionOf } from '@kith/embedding';
import { cleanViews, distillation, dlibTeaches, facenetTeaches, taughtViews } from '../recipes/distillation.ts';
import { kithSmallRecipe } from '../recipes/kith-small.ts';
import type { Way } from './way.ts';

/** Views seen. */
const faces = 48_000;

const teachers = { dlib: [dlibTeaches], FaceNet: [facenetTeaches], both: [dlibTeaches, facenetTeaches] } as const;
/** Two views a face, as each costs FaceNet's time. */
const views = { clean: cleanViews, augmented: { ...taughtViews, viewsPerFace: 2 } } as const;

/** Each teacher alone and both together, on faces as they are and on views of them. */
export const teacherWays: readonly Way[] = Object.entries(teachers).flatMap(([who, asked]) =>
  Object.entries(views).map(([which, shown]): Way => {
    const name = `${who}, ${which} faces`;
    return {
      name,
      recipe: {
        ...kithSmallRecipe,
        network: kithInceptionOf({ sizePx: 64, width: 0.5 }),
        teachers: asked,
        views: shown,
      },
      phases: [{ folder: name.toLowerCase().replaceAll(/\W+/g, '-'), phase: distillation({ faces }) }],
    };
  }),
);
