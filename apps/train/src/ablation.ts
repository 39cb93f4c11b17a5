import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { kithInceptionOf } from '@kith/embedding';
import { alignColumns, initialWeights, type Weights } from '@kith/network';
import { loadTensorFlow, type TensorFlow } from '@kith/network/tfjs';
import { required, runScript, usage } from '@kith/terminal';
import { type PreparedData, prepareData } from './data/prepare-data.ts';
import type { MinerName } from './objectives/objective-spec.ts';
import { phaseData } from './phase-data.ts';
import type { Phase, Recipe } from './recipes/recipe.ts';
import { tripletScratchRecipe } from './recipes/triplet-scratch.ts';
import { type PhaseOutcome, runPhase } from './run-phase.ts';

const help = `Train a small Inception net in many ways that differ in one thing each, with the same budget, faces and seed,
and judge each on LFW's View 1: the miners, with and without L2, with and without a warm-up, dimensions.

  node apps/train/dist/ablation.js --data <dir> --lfw <dir> [--out <dir>] [--cache <dir>]

Each way's run has a folder of its own below --out, by default runs/ablation: the same command again goes on.
`;

/** Faces seen after the warm-up, and in it; a way without warm-up sees as many as both. */
const budget = { warmUp: 64_000, triplets: 24_000 } as const;

/** One row of the table. */
interface Way {
  readonly name: string;
  readonly miner: MinerName;
  readonly dimension: number;
  /** Whether embeddings have length 1. */
  readonly isUnit: boolean;
  readonly isWarm: boolean;
}

const base: Way = { name: 'semi-hard', miner: 'semiHard', dimension: 128, isUnit: true, isWarm: true };
const ways: readonly Way[] = [
  base,
  { ...base, name: 'random violator', miner: 'randomViolator' },
  { ...base, name: 'all', miner: 'all' },
  { ...base, name: 'hard', miner: 'hard' },
  { ...base, name: 'batch-hard', miner: 'batchHard' },
  { ...base, name: 'distance-weighted', miner: 'distanceWeighted' },
  { ...base, name: 'without L2', isUnit: false },
  { ...base, name: 'without warm-up', isWarm: false },
  ...[64, 256, 512].map((dimension) => ({ ...base, name: `${dimension} dimensions`, dimension })),
];

/** What every way needs. */
interface Bench {
  readonly tf: TensorFlow;
  readonly data: PreparedData;
  readonly cache: string;
  readonly out: string;
  readonly signal: AbortSignal;
}

await runScript(
  async ({ signal }) => {
    const { values } = usage(() =>
      parseArgs({
        options: {
          data: { type: 'string' },
          lfw: { type: 'string' },
          out: { type: 'string', default: join('runs', 'ablation') },
          cache: { type: 'string', default: join('.cache', 'train') },
        },
      }),
    );
    const { cache, out } = values;
    const lfw = required(values.lfw, 'lfw');
    const data = await prepareData({ data: required(values.data, 'data'), lfw, cache, skipUnreadable: false, signal });
    const bench: Bench = { tf: await loadTensorFlow(), data, cache, out, signal };
    const rows: (readonly [Way, PhaseOutcome])[] = [];
    for (const way of ways) rows.push([way, await trainWay(way, bench)]);
    const measured = rows.map(([way, { best, last }]) => {
      const { accuracy, standardError, auc, bestAccuracy, tarAtFar = {} } = last;
      return { ...way, accuracy, standardError, auc, bestAccuracy, tarAtFar, bestAt: best.iteration };
    });
    writeFileSync(join(out, 'ablation.json'), `${JSON.stringify({ budget, ways: measured }, undefined, 2)}\n`);
    process.stdout.write(`${tableOf(measured)}\n`);
  },
  { name: 'ablation', help },
);

/** Warm up, unless another way with the same net has or this one goes without; then train by triplets. */
async function trainWay(way: Way, bench: Bench): Promise<PhaseOutcome> {
  const { dimension, isUnit, isWarm, name } = way;
  const recipe: Recipe = {
    ...tripletScratchRecipe,
    name: 'ablation',
    network: kithInceptionOf({ sizePx: 64, width: 0.5, dimension, isUnit }),
  };
  const [warmUp, triplets] = phasesOf(way);
  let weights: Weights = initialWeights(recipe.network, { seed: recipe.seed });
  if (isWarm) {
    const folder = `warm-up-${dimension}${isUnit ? '' : '-without-l2'}`;
    ({ weights } = await runWay(warmUp, bench, { recipe, weights, folder }));
  }
  return runWay(triplets, bench, { recipe, weights, folder: name.toLowerCase().replaceAll(' ', '-') });
}

async function runWay(
  phase: Phase,
  { tf, data, cache, out, signal }: Bench,
  { recipe, weights, folder }: { readonly recipe: Recipe; readonly weights: Weights; readonly folder: string },
): Promise<PhaseOutcome> {
  process.stderr.write(`${folder}\n`);
  const learnsFrom = await phaseData(phase, recipe, { data, cache, signal });
  return runPhase(tf, {
    ...{ recipe, phase, weights, learnsFrom, data, signal },
    dir: join(out, folder),
    stopOnCollapse: false,
    facts: [],
  });
}

function phasesOf({ miner, isWarm }: Way): readonly [warmUp: Phase, triplets: Phase] {
  const [cosFace, semiHard] = tripletScratchRecipe.phases as [Phase, Phase];
  const faces = budget.triplets + (isWarm ? 0 : budget.warmUp);
  // a net that knows nothing yet takes longer steps
  const baseLr = isWarm ? 0.0003 : 0.001;
  return [
    { ...cosFace, solver: { ...cosFace.solver, faces: budget.warmUp } },
    {
      ...semiHard,
      objective: { kind: 'triplet', miner, marginSquaredL2: 0.2, reducer: 'meanOfNonZero' },
      solver: { ...semiHard.solver, faces, baseLr },
    },
  ];
}

type Measured = Way & Required<Pick<PhaseOutcome['last'], 'accuracy' | 'standardError' | 'auc' | 'tarAtFar'>>;

function tableOf(rows: readonly Measured[]): string {
  const percent = (share: number) => (100 * share).toFixed(1);
  const lines = alignColumns([
    ['way', 'View 1 accuracy, %', 'AUC', 'TAR@FAR 0.01, %'],
    ...rows.map(({ name, accuracy, standardError, auc, tarAtFar }) => [
      name,
      `${percent(accuracy)} ± ${percent(standardError)}`,
      auc.toFixed(4),
      percent(tarAtFar?.['0.01'] ?? Number.NaN),
    ]),
  ]);
  return lines.join('\n');
}
