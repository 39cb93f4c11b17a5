import { join } from 'node:path';
import { initialWeights, type Weights } from '@kith/network';
import type { TensorFlow } from '@kith/network/tfjs';
import type { PreparedData } from '../data/prepare-data.ts';
import { phaseData } from '../phase-data.ts';
import type { Phase, Recipe } from '../recipes/recipe.ts';
import { type PhaseOutcome, runPhase } from '../run-phase.ts';

/** One row of a table: a recipe that differs from the others in one thing. */
export interface Way {
  readonly name: string;
  readonly recipe: Omit<Recipe, 'phases' | 'name' | 'summary'>;
  /** One after another. Ways that begin alike name the same folder for what they share, which is trained once. */
  readonly phases: readonly { readonly folder: string; readonly phase: Phase }[];
}

/** What every way needs. */
export interface Bench {
  readonly tf: TensorFlow;
  readonly data: PreparedData;
  readonly cache: string;
  /** Folder of the runs. */
  readonly out: string;
  readonly signal: AbortSignal;
}

/** Train one way from nothing; what is there already is gone on with. @returns What came of its last phase. */
export async function trainWay({ recipe: own, phases }: Way, bench: Bench): Promise<PhaseOutcome> {
  const { tf, data, cache, out, signal } = bench;
  const recipe: Recipe = { ...own, name: 'ablation', summary: '', phases: [] };
  let weights: Weights = initialWeights(recipe.network, { seed: recipe.seed });
  let outcome: PhaseOutcome | undefined;
  for (const { folder, phase } of phases) {
    process.stderr.write(`${folder}\n`);
    const learnsFrom = await phaseData(phase, recipe, { data, cache, signal });
    outcome = await runPhase(tf, {
      ...{ recipe, phase, weights, learnsFrom, data, signal },
      dir: join(out, folder),
      stopOnCollapse: false,
      facts: [],
    });
    ({ weights } = outcome);
  }
  return outcome!;
}
