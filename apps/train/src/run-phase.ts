import { join } from 'node:path';
import { FaceError } from '@kith/core';
import type { Weights } from '@kith/network';
import { buildModel, type TensorFlow } from '@kith/network/tfjs';
import type { LogRecord, Sampler, SolverConfig, ValidationRecord } from '@kith/training';
import { type Loader, openLoader } from '@kith/training/data';
import {
  createTerminalProgress,
  openRunFolder,
  type RunFolder,
  type Snapshot,
  type TerminalProgress,
} from '@kith/training/run';
import { type Judged, type TrainedStep, type TrainingState, type TrainingTask, train } from '@kith/training/tfjs';
import type { PreparedData } from './data/prepare-data.ts';
import { embeddingLength } from './embedding-length.ts';
import { shareOfChip } from './face-crop.ts';
import { gitCommit } from './git-commit.ts';
import { createHealthWatch, type HealthWatch, healthRecord } from './health-watch.ts';
import { interruptible } from './interruptible.ts';
import { embedPack, judge, judgementText } from './judge.ts';
import { judgedWeights } from './judged-weights.ts';
import { minePeople } from './mine-people.ts';
import { createObjective } from './objectives/create-objective.ts';
import type { PhaseData } from './phase-data.ts';
import { collapseError, divergenceError } from './phase-errors.ts';
import { bestValidation, displayInterval, phaseReport, secondsOf, validationsOf } from './phase-report.ts';
import { samplerOf, solverOfPhase } from './phase-solver.ts';
import type { Phase, Recipe } from './recipes/recipe.ts';
import { telling } from './run-telling.ts';

export interface PhaseTask {
  readonly recipe: Recipe;
  readonly phase: Phase;
  /** What it starts from. */
  readonly weights: Weights;
  readonly learnsFrom: PhaseData;
  readonly data: PreparedData;
  /** The run's folder. */
  readonly dir: string;
  readonly stopOnCollapse: boolean;
  /** What the log and the report tell besides, such as where it started. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly signal: AbortSignal;
}

/** What came of a phase. */
export interface PhaseOutcome {
  /** Of the best validation. */
  readonly weights: Weights;
  readonly iterations: number;
  /** Why it ended. */
  readonly reason: string;
  /** Of training. */
  readonly seconds: number;
  readonly best: ValidationRecord;
  readonly last: ValidationRecord;
}

/** What a snapshot keeps besides weights. */
type RunState = Pick<TrainingState, 'bestScore' | 'validationsSinceBest'>;
type Begun = Snapshot<RunState> | undefined;

/** A phase under way. */
interface Running extends PhaseTask {
  readonly tf: TensorFlow;
  readonly folder: RunFolder<RunState>;
  readonly config: SolverConfig;
  readonly progress: TerminalProgress;
  readonly sampler: Sampler;
  /** Completed updates so far. */
  readonly reached: { iteration: number };
}

const learnt = 'nothing left to learn';
/** How a log tells that a phase has come to its end. */
const endings: ReadonlySet<string> = new Set(['done', 'no better score', learnt]);
const collapsed = 'collapsed';

/**
 * Train one phase, from its newest snapshot where there is one; one that is finished is only told of.
 *
 * @throws {FaceError} `TRAINING_COLLAPSED` where it is to stop then; as `openRunFolder` and `train`.
 */
export async function runPhase(tf: TensorFlow, task: PhaseTask): Promise<PhaseOutcome> {
  const { recipe, phase, weights, learnsFrom, data, dir, signal } = task;
  const { network, crop, seed } = recipe;
  const confusers =
    phase.batch.kind === 'confusers'
      ? await minePeople(tf, data.faces, { network, weights, crop, file: join(dir, 'confusers.json'), signal })
      : undefined;
  const sampler = samplerOf(phase, learnsFrom.pack.labels, { seed, confusers });
  const config = solverOfPhase(phase, sampler, { seed });
  const folder = await openRunFolder<RunState>(dir, {
    config: { recipe: recipe.name, network, crop, phase, seed },
    gitCommit: gitCommit(),
    dataHash: learnsFrom.hash,
    ...{ tf, telling },
    onNotice: ({ file, error, served }) => {
      process.stderr.write(`${file} is damaged and passed over for ${served}: ${error.message}\n`);
    },
  });
  try {
    const begun = await folder.snapshots.newest();
    await folder.log.cutBack(begun?.iteration ?? -1);
    const ending = endingOf(folder.log.records());
    if (begun && ending) {
      process.stderr.write(`${phase.name} is finished: ${begun.iteration} updates, ${ending}.\n`);
    } else {
      const progress = createTerminalProgress({
        maxIterations: config.maxIterations,
        iteration: begun?.iteration ?? 0,
      });
      await trainFrom(begun, {
        ...{ ...task, tf, folder, config, progress, sampler },
        reached: { iteration: begun?.iteration ?? 0 },
      });
    }
    return await outcomeOf(task, folder);
  } finally {
    folder.close();
  }
}

async function trainFrom(begun: Begun, running: Running): Promise<void> {
  const { recipe, phase, learnsFrom, folder, config, progress, sampler } = running;
  const { pack, targets } = learnsFrom;
  const { crop, seed } = recipe;
  const loader = await openLoader({
    ...{ pack, sampler, sizePx: crop.sizePx, seed, augmentation: phase.augmentation },
    shownShare: shareOfChip(crop),
    ...(targets ? { targets } : {}),
  });
  try {
    if (begun) {
      folder.record({ kind: 'event', iteration: begun.iteration, event: 'resumed' });
      progress.note(`${phase.name} goes on from update ${begun.iteration} of ${config.maxIterations}.`);
    } else {
      for (const [event, detail] of running.facts) folder.record({ kind: 'event', iteration: 0, event, detail });
    }
    const startScore = !begun && phase.judgesStart ? await judgeStart(running) : undefined;
    const task = taskOf(running, interruptible(loader), begun);
    const result = await train(running.tf, { ...task, ...(startScore === undefined ? {} : { startScore }) });
    folder.record({ kind: 'event', iteration: result.iteration, event: result.reason });
    if (!endings.has(result.reason)) throw collapseError(running, result);
  } catch (error) {
    throw await divergenceError(running, error);
  } finally {
    progress.end();
    await loader.close();
  }
}

function taskOf(running: Running, loader: Loader, begun: Begun): TrainingTask {
  const { tf, recipe, phase, weights, learnsFrom, folder, config, sampler, signal } = running;
  const { network, seed } = recipe;
  const classes = learnsFrom.pack.people.length;
  const inBatch = phase.batch.kind === 'shuffled' ? undefined : phase.batch.people;
  const watch = createHealthWatch(phase.objective, { classes, inBatch });
  let best = begun?.state.bestScore ?? Number.NEGATIVE_INFINITY;
  return {
    ...{ network, weights, config, loader, signal },
    objective: createObjective(tf, phase.objective, {
      dimension: embeddingLength(network),
      ...{ classes, teachers: learnsFrom.teachers, seed },
    }),
    batchesPerEpoch: sampler.batchesPerEpoch,
    state: begun && { iteration: begun.iteration, groups: begun.groups, ...begun.state },
    isNormFrozen: phase.isNormFrozen ?? false,
    ...(phase.patience === undefined ? {} : { patience: phase.patience }),
    validate: async (judged) => {
      const score = await validate(judged, running);
      // whatever the signs, what gets better has not collapsed
      if (score > best) watch.restart();
      best = Math.max(best, score);
      return score;
    },
    save: ({ iteration, groups, ...state }, isBest) => folder.snapshots.save({ iteration, groups, state, isBest }),
    onStep: stepListener(running, watch),
  };
}

/** Show a step, log it, and tell whether it is to be the last. */
function stepListener({ phase, folder, progress, stopOnCollapse, reached }: Running, watch: HealthWatch) {
  return (step: TrainedStep): { readonly stop: string } | undefined => {
    const { iteration } = step;
    reached.iteration = iteration;
    progress.show(step);
    if (iteration % displayInterval === 0) {
      const { numbers, ...others } = step;
      folder.record({ kind: 'step', ...others, ...numbers });
    }
    const { news, collapse, isLearnt } = watch.look(step);
    for (const finding of news) {
      folder.record(healthRecord(iteration, finding));
      progress.note(`${phase.name} ${iteration}: ${finding.means} ${finding.remedy}`);
    }
    if (stopOnCollapse && isLearnt) return { stop: learnt };
    if (!stopOnCollapse || !collapse) return undefined;
    folder.record(healthRecord(iteration, collapse, 'error'));
    return { stop: `${collapsed}: ${collapse.name}. ${collapse.means} ${collapse.remedy}` };
  };
}

/** Judge a model, log it, and write the report. @returns What the best snapshot is chosen by. */
async function validate({ model, iteration, epoch }: Judged, running: Running): Promise<number> {
  const { tf, phase, recipe, data, folder, progress } = running;
  const embeddings = embedPack(tf, model, { pack: data.judging, crop: recipe.crop });
  const judgement = judge(embeddings, data.pairs);
  const people = data.judging.people.length;
  folder.record({ kind: 'validation', iteration, epoch, ...judgement, people });
  progress.note(`${phase.name} ${iteration}: ${judgementText(judgement, { people })}`);
  await folder.write('report.html', await phaseReport({ ...running, embeddings }));
  return judgement.bestAccuracy;
}

/** Judge what it starts from: the first mark. */
async function judgeStart(running: Running): Promise<number> {
  const { tf, recipe, weights } = running;
  const model = buildModel(tf, recipe.network, { weights });
  try {
    return await validate({ model, iteration: 0, epoch: 0 }, running);
  } finally {
    model.dispose();
  }
}

/** The weights of the best validation: of a snapshot, or those it started from. */
async function outcomeOf(task: PhaseTask, folder: RunFolder<RunState>): Promise<PhaseOutcome> {
  const records = folder.log.records();
  const best = bestValidation(records)!;
  const last = validationsOf(records).at(-1)!;
  return {
    weights: best.iteration === 0 ? task.weights : await bestWeights(folder),
    iterations: last.iteration,
    reason: endingOf(records)!,
    seconds: secondsOf(records),
    ...{ best, last },
  };
}

async function bestWeights({ dir, snapshots }: RunFolder<RunState>): Promise<Weights> {
  const best = await snapshots.best();
  if (best) return judgedWeights(best.groups);
  throw new FaceError('SNAPSHOT_CORRUPT', `The best snapshot is missing in ${dir}; train anew in another folder.`);
}

function endingOf(records: readonly LogRecord[]): string | undefined {
  const events = records.flatMap((record) => (record.kind === 'event' ? [record.event] : []));
  return events.find((event) => endings.has(event));
}
