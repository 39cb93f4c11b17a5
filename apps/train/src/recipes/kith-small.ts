import { kithSmall } from '@kith/embedding';
import { distillation, dlibsStudent } from './distillation.ts';
import type { Recipe } from './recipe.ts';

export const kithSmallRecipe: Recipe = {
  ...dlibsStudent,
  name: 'kith-small',
  summary: "a small, fast net: a student of dlib's recogniser on views of faces",
  network: kithSmall,
  crop: { sizePx: 64, padding: 0.15 },
  phases: [distillation({ faces: 900_000 })],
};
