import { join } from 'node:path';
import { initialWeights, layOut, type Weights } from '@kith/network';
import type { TensorFlow } from '@kith/network/tfjs';
import type { PreparedData } from '../data/prepare-data.ts';
import { embeddingLength } from '../embedding-length.ts';
import { phaseData } from '../phase-data.ts';
import type { Phase, Recipe } from '../recipes/recipe.ts';
import { type PhaseOutcome, runPhase } from '../run-phase.ts';

/** One row of a table. */
export interface Way {
  readonly name: string;
  readonly recipe: Omit<Recipe, 'phases' | 'name' | 'summary'>;
  /** What it begins with, if anything. */
  readonly warmUp: PhaseRun | undefined;
  /** What is judged. */
  readonly own: PhaseRun;
}

/** A phase and the folder, below those of all runs, where it trains. */
export interface PhaseRun {
  readonly folder: string;
  readonly phase: Phase;
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

/** Train one way from nothing; what is there already is gone on with. @returns What came of its own phase. */
export async function trainWay({ recipe: given, warmUp, own }: Way, bench: Bench): Promise<PhaseOutcome> {
  const { tf, data, cache, out, signal } = bench;
  const recipe: Recipe = { ...given, name: 'ablation', summary: '', phases: [] };
  const run = async ({ folder, phase }: PhaseRun, weights: Weights): Promise<PhaseOutcome> => {
    process.stderr.write(`${folder}\n`);
    const learnsFrom = await phaseData(phase, recipe, { data, cache, signal });
    return runPhase(tf, {
      ...{ recipe, phase, weights, learnsFrom, data, signal },
      dir: join(out, folder),
      stopOnCollapse: false,
      facts: [],
    });
  };
  let weights: Weights = initialWeights(recipe.network, { seed: recipe.seed });
  if (warmUp) ({ weights } = await run(warmUp, weights));
  return run(own, weights);
}

/** All that ways differ in, as a table's JSON tells it. */
export interface WaySettings extends Pick<Recipe, 'teachers' | 'views' | 'seed'> {
  readonly dimension: number;
  /** Whether embeddings have length 1. */
  readonly isUnit: boolean;
  /** One after another. */
  readonly phases: readonly (Pick<Phase, 'name' | 'objective' | 'batch' | 'solver'> & Pick<PhaseRun, 'folder'>)[];
}

/** Tell what a way is. */
export function settingsOf({ recipe, warmUp, own }: Way): WaySettings {
  const { network, teachers, views, seed } = recipe;
  const { nodes, outputs } = layOut(network);
  return {
    dimension: embeddingLength(network),
    isUnit: nodes.some((node) => node.name === outputs[0] && node.operation.kind === 'l2Normalize'),
    teachers,
    ...(views ? { views } : {}),
    seed,
    phases: [...(warmUp ? [warmUp] : []), own].map(({ folder, phase: { name, objective, batch, solver } }) => {
      return { folder, name, objective, batch, solver };
    }),
  };
}
