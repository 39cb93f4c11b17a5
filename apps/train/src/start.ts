import { FaceError } from '@kith/core';
import { initialWeights, type Weights } from '@kith/network';
import { fineTune } from './recipes/fine-tune.ts';
import type { Phase, Recipe } from './recipes/recipe.ts';
import { shippedWeights } from './shipped-weights.ts';

/** Where training may start: with the weights that come with kith, or with none. */
export const startNames = ['shipped', 'anew'] as const;
export type StartName = (typeof startNames)[number];

/** Where a run starts, and what it then does. */
export interface Start {
  readonly name: StartName;
  /** In a sentence. */
  readonly why: string;
  readonly weights: Weights;
  readonly phases: readonly Phase[];
}

export interface StartOptions {
  /** What there is to learn from. */
  readonly people: number;
  readonly faces: number;
  /** What was asked for. */
  readonly asked: StartName | undefined;
  /** Finds what comes with kith. */
  readonly shipped?: (recipe: Recipe) => Promise<Weights | undefined>;
}

/** Fewer people than these cannot teach a network from nothing. */
export const enoughPeople = 500;
/** Passes over few people's faces, or views of them: more teach nothing new. */
const passesOverFew = 20;

/**
 * Choose where a recipe starts: with few people, weights that come with kith are fine-tuned by triplets.
 *
 * @throws {FaceError} `USAGE` when weights are asked for that do not come with kith.
 */
export async function chooseStart(recipe: Recipe, options: StartOptions): Promise<Start> {
  const { people, asked, shipped = shippedWeights } = options;
  const isFew = people < enoughPeople;
  const count = `${people} people to learn from${isFew ? `, fewer than ${enoughPeople},` : ''}`;
  const anew = (why: string, phases = recipe.phases): Start => {
    return { name: 'anew', why, weights: initialWeights(recipe.network, { seed: recipe.seed }), phases };
  };
  if (asked === 'anew') return anew('Starts from nothing, as was asked.');
  const isOwnStart = recipe.start !== 'anew';
  if (!isOwnStart && asked === undefined && !isFew) return anew(`Starts from nothing: ${count} are enough.`);
  const weights = await shipped(recipe);
  if (weights) {
    const isTuned = isFew || !isOwnStart;
    const why = isFew
      ? `Fine-tunes the weights that come with kith, with triplets: ${count} cannot teach a network from nothing.`
      : `Starts with the weights that come with kith, as ${isOwnStart ? 'the recipe says' : 'was asked'}.`;
    return { name: 'shipped', why, weights, phases: isTuned ? [fineTune] : recipe.phases };
  }
  const missing = `No weights of ${recipe.name} come with this kith`;
  if (asked === 'shipped') throw new FaceError('USAGE', `${missing}; leave out --start, or give --start anew.`);
  const why = `Starts from nothing, in a short run: ${missing.charAt(0).toLowerCase()}${missing.slice(1)}, and ${count} cannot teach a network much. Expect little of it.`;
  return anew(
    why,
    recipe.phases.map((phase) => shortened(phase, recipe, options.faces)),
  );
}

/** A phase with as many faces at most as few people are worth. */
function shortened(phase: Phase, { views }: Recipe, faces: number): Phase {
  const rows = phase.learnsFrom === 'views' && views ? faces * views.viewsPerFace : faces;
  return { ...phase, solver: { ...phase.solver, faces: Math.min(phase.solver.faces, passesOverFew * rows) } };
}
