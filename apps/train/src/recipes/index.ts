import { FaceError } from '@kith/core';
import { kithInceptionRecipe } from './kith-inception.ts';
import { kithResnetRecipe } from './kith-resnet.ts';
import { kithSmallRecipe } from './kith-small.ts';
import type { Recipe } from './recipe.ts';
import { tripletScratchRecipe } from './triplet-scratch.ts';

/** All recipes, in the order that `--help` lists them. */
export const recipes: readonly Recipe[] = [
  kithSmallRecipe,
  kithInceptionRecipe,
  kithResnetRecipe,
  tripletScratchRecipe,
];

/** @throws {FaceError} `USAGE` when there is no recipe of that name. */
export function recipeOf(name: string): Recipe {
  const recipe = recipes.find((one) => one.name === name);
  if (recipe) return recipe;
  throw new FaceError('USAGE', `There is no recipe "${name}". There is: ${recipes.map((one) => one.name).join(', ')}.`);
}
