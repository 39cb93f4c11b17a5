import { kithInceptionOf } from '@kith/embedding';
import { cleanViews, distillation, dlibTeaches, facenetTeaches, taughtViews } from '../recipes/distillation.ts';
import { kithSmallRecipe } from '../recipes/kith-small.ts';
import type { Way } from './way.ts';

/** Views seen. */
const faces = 80_000;

const choicesOfTeachers = { dlib: [dlibTeaches], FaceNet: [facenetTeaches], both: [dlibTeaches, facenetTeaches] };
/** Two views a face, as each costs FaceNet's time. */
const choicesOfViews = { clean: cleanViews, augmented: { ...taughtViews, viewsPerFace: 2 } };

/** Each teacher alone and both together, on faces as they are and on views of them. */
export const teacherWays: readonly Way[] = Object.entries(choicesOfTeachers).flatMap(([who, teachers]) =>
  Object.entries(choicesOfViews).map(([which, views]): Way => {
    const name = `${who}, ${which} faces`;
    return {
      name,
      recipe: { ...kithSmallRecipe, network: kithInceptionOf({ sizePx: 64, width: 0.5 }), teachers, views },
      warmUp: undefined,
      own: { folder: name.toLowerCase().replaceAll(/\W+/g, '-'), phase: distillation({ faces }) },
    };
  }),
);
