import { execFileSync } from 'node:child_process';
import { type HealthFinding, healthOf, type Objective as Looked, type Step } from '@kith/embedding/metric';
import { layOut, type Weights } from '@kith/network';
import type { TensorFlow } from '@kith/network/tfjs';
import {
  type HealthRecord,
  type LogRecord,
  pkSampler,
  type Sampler,
  type SolverConfig,
  type StepRecord,
  shuffledSampler,
  solverOf,
  trainingPage,
} from '@kith/training';
import { openLoader } from '@kith/training/data';
import { createTerminalProgress, openRunFolder, type RunFolder } from '@kith/training/run';
import { type TrainedStep, type TrainingResult, type TrainingState, train } from '@kith/training/tfjs';
import { accountText, type PreparedData } from './data/prepare-data.ts';
import { shareOfChip } from './face-crop.ts';
import { hardestTriplets } from './hardest-triplets.ts';
import { type Embeddings, embedPack, type Judgement, judge } from './judge.ts';
import { createObjective } from './objectives/create-objective.ts';
import type { PhaseData } from './phase-data.ts';
import type { Phase, Recipe } from './recipes/recipe.ts';

export interface PhaseTask {
  readonly recipe: Recipe;
  readonly phase: Phase;
  /** What it starts from. */
  readonly weights: Weights;
  readonly learnsFrom: PhaseData;
  readonly data: PreparedData;
  /** The run's folder. */
  readonly dir: string;
  readonly signal: AbortSignal;
}

/** What a snapshot keeps besides weights. */
type RunState = Pick<TrainingState, 'bestScore' | 'validationsSinceBest'>;

/** Updates between two lines of the log. */
const displayInterval = 20;

/** Train one phase, from its newest snapshot where there is one. */
export async function runPhase(tf: TensorFlow, task: PhaseTask): Promise<TrainingResult> {
  const { recipe, phase, weights, learnsFrom, data, signal } = task;
  const { pack, targets, teachers, hash } = learnsFrom;
  const { network, crop, seed } = recipe;
  const sampler = samplerOf(phase, pack.labels, seed);
  const config = solverOfPhase(phase, sampler);
  const folder = await openRunFolder<RunState>(task.dir, {
    config: { recipe: recipe.name, network, crop, phase, seed },
    gitCommit: gitCommit(),
    dataHash: hash,
    tf,
    onNotice: ({ file, error }) => process.stderr.write(`${file} is damaged and passed over: ${error.message}\n`),
  });
  const loader = await openLoader({
    ...{ pack, sampler, sizePx: crop.sizePx, seed, augmentation: phase.augmentation },
    shownShare: shareOfChip(crop),
    ...(targets ? { targets } : {}),
  });
  const begun = await folder.snapshots.newest();
  const progress = createTerminalProgress({ maxIterations: config.maxIterations, iteration: begun?.iteration ?? 0 });
  try {
    if (begun) {
      await folder.log.cutBack(begun.iteration);
      folder.record({ kind: 'event', iteration: begun.iteration, event: 'resumed' });
      progress.note(`${phase.name} goes on from update ${begun.iteration} of ${config.maxIterations}.`);
    }
    const watch = watcher(phase, pack.people.length);
    const result = await train(tf, {
      ...{ network, weights, config, loader, signal },
      objective: createObjective(tf, phase.objective, {
        dimension: outputLength(network),
        classes: pack.people.length,
        ...{ teachers, seed },
      }),
      batchesPerEpoch: sampler.batchesPerEpoch,
      state: begun && { iteration: begun.iteration, groups: begun.groups, ...begun.state },
      isNormFrozen: phase.isNormFrozen ?? false,
      validate: async ({ model, iteration, epoch }) => {
        const embeddings = embedPack(tf, model, { pack: data.judging, crop });
        const judgement = judge(embeddings, data.pairs);
        folder.record({ kind: 'validation', iteration, epoch, ...judgement });
        progress.note(`${phase.name} ${iteration}: ${describe(judgement)}`);
        await folder.write('report.html', await reportOf(task, { folder, config, embeddings }));
        return judgement.bestAccuracy;
      },
      save: ({ iteration, groups, ...state }, isBest) => folder.snapshots.save({ iteration, groups, state, isBest }),
      onStep: (step) => {
        progress.show(step);
        for (const finding of watch(step)) {
          folder.record(healthRecord(step.iteration, finding));
          progress.note(`${phase.name} ${step.iteration}: ${finding.means} ${finding.remedy}`);
        }
        if (step.iteration % displayInterval === 0) folder.record(stepRecord(step));
        return undefined;
      },
    });
    folder.record({ kind: 'event', iteration: result.iteration, event: result.reason });
    return result;
  } finally {
    progress.end();
    await loader.close();
    folder.close();
  }
}

/** The run so far as a page. */
async function reportOf(
  { recipe, phase, learnsFrom, data }: PhaseTask,
  {
    folder,
    config,
    embeddings,
  }: { readonly folder: RunFolder<RunState>; readonly config: SolverConfig; readonly embeddings: Embeddings },
): Promise<string> {
  const { account, judging } = data;
  const records = folder.log.records();
  const images = config.maxIterations;
  return trainingPage({
    name: `${recipe.name}, ${phase.name}`,
    config: folder.begun.config,
    data: accountText(account),
    dataHash: learnsFrom.hash,
    gitCommit: folder.begun.gitCommit,
    seed: recipe.seed,
    seconds: secondsOf(records),
    records,
    hardest: await hardestTriplets(judging, embeddings),
    facts: [
      ['teachers', recipe.teachers.map(({ name }) => name).join(', ') || 'none'],
      ['judged by', account.judgedBy],
      ['updates in all', String(images)],
    ],
  });
}

function samplerOf({ batch }: Phase, labels: Int32Array, seed: number): Sampler {
  if (batch.kind === 'shuffled') {
    return shuffledSampler({ count: labels.length, batchSize: Math.min(batch.size, labels.length), seed });
  }
  const withPairs = new Set(labels).size;
  const people = Math.min(batch.people, withPairs);
  return pkSampler({ labels, people, photosPerPerson: batch.photosPerPerson, seed, repeatPhotos: true });
}

/** Validations and snapshots a quarter of an epoch apart, but never so often that they are most of the work. */
const leastInterval = 50;

function solverOfPhase({ solver }: Phase, { batchSize, batchesPerEpoch }: Sampler): SolverConfig {
  const { faces, warmUpShare = 0, ...rest } = solver;
  const maxIterations = Math.max(1, Math.round(faces / batchSize));
  const interval = Math.max(leastInterval, Math.round(batchesPerEpoch / 4));
  const iterations = Math.round(warmUpShare * maxIterations);
  return solverOf({
    ...rest,
    maxIterations,
    testInterval: interval,
    snapshotInterval: interval,
    ...(iterations > 0 ? { warmUp: { iterations } } : {}),
  });
}

function outputLength(network: Recipe['network']): number {
  const graph = layOut(network);
  return graph.nodes.find(({ name }) => name === graph.outputs[0])!.shape[0]!;
}

/** Look at each step's health; each sign is told once until it is gone. */
function watcher({ objective }: Phase, classes: number): (step: TrainedStep) => readonly HealthFinding[] {
  const looked: Looked =
    objective.kind === 'triplet'
      ? { kind: 'triplet', margin: objective.marginSquaredL2 }
      : objective.kind === 'distillation'
        ? { kind: 'other' }
        : { kind: 'softmax', classes };
  const steps: Step[] = [];
  let told = new Set<string>();
  return ({ loss, numbers }) => {
    steps.push({ loss, ...numbers });
    if (steps.length > 200) steps.shift();
    const findings = healthOf(steps, { objective: looked });
    const news = findings.filter(({ sign }) => !told.has(sign));
    told = new Set(findings.map(({ sign }) => sign));
    return news;
  };
}

function healthRecord(iteration: number, { sign, measured, limit, means, remedy }: HealthFinding): HealthRecord {
  const detail = `${means} Measured ${measured}, held against ${limit}.`;
  return { kind: 'health', iteration, finding: sign, severity: 'warning', detail, remedy };
}

function stepRecord({ numbers, ...step }: TrainedStep): StepRecord {
  return { kind: 'step', ...step, ...numbers };
}

function describe({ accuracy, standardError, auc, bestAccuracy, tarAtFar }: Judgement): string {
  const percent = (share: number) => (100 * share).toFixed(2);
  return `accuracy ${percent(accuracy)} ± ${percent(standardError)} %, at the best threshold ${percent(bestAccuracy)} %, AUC ${auc.toFixed(4)}, TAR@FAR 0.01 ${percent(tarAtFar['0.01']!)} %`;
}

function gitCommit(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}

/** Training time by the log: what each line's images took, validations and stops left out. */
function secondsOf(records: readonly LogRecord[]): number {
  const steps = records.filter((record) => record.kind === 'step');
  return steps.reduce((sum, { secondsPerUpdate }) => sum + displayInterval * Number(secondsPerUpdate ?? 0), 0);
}
