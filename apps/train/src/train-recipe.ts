import { join } from 'node:path';
import { FaceError } from '@kith/core';
import { loadTensorFlow, type TensorFlow } from '@kith/network/tfjs';
import { writeError } from '@kith/training/run';
import { accountText, type PreparedData, prepareData } from './data/prepare-data.ts';
import { exportModel, type PhaseSummary, summaryText, withoutDistances } from './export-model.ts';
import { asAsked, type TrainOptions } from './options.ts';
import { phaseData } from './phase-data.ts';
import { runPhase } from './run-phase.ts';
import { chooseStart, type Start } from './start.ts';

interface Context {
  /** As reports name it. */
  readonly command: string;
  readonly signal: AbortSignal;
}

/** Do what the command was asked for, from photos to a model and its report. */
export async function trainRecipe(options: TrainOptions, context: Context): Promise<void> {
  try {
    const data = await prepareData({ ...options, signal: context.signal });
    tellOfData(data);
    const { recipe, out } = options;
    const { faces, people } = data.account;
    const start = await chooseStart(recipe, { people, faces, asked: options.start });
    process.stderr.write(`${start.why}\n`);
    const tf = await openTensorFlow(options);
    const { weights, phases } = await runPhases(tf, { options, data, start, ...context });
    const { command } = context;
    const summary = await exportModel({ out, recipe, start, weights, data: data.account, phases, command });
    process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : summaryText(summary, out));
  } catch (error) {
    // faces found and teachers' answers are written as they come
    if (!(error instanceof FaceError) || error.code !== 'CANCELLED') throw writeError(error, options.cache);
    throw new FaceError('CANCELLED', 'Stopped; what is done is kept, and the same command again goes on.');
  }
}

/** @param threads - Read by TensorFlow's own library when it loads. */
function openTensorFlow({ threads }: TrainOptions): Promise<TensorFlow> {
  if (threads !== undefined) {
    process.env.TF_NUM_INTRAOP_THREADS = String(threads);
    process.env.OMP_NUM_THREADS = String(threads);
  }
  return loadTensorFlow();
}

interface PhasesTask extends Context {
  readonly options: TrainOptions;
  readonly data: PreparedData;
  readonly start: Start;
}

/** Run phase after phase, each from the best of the one before. */
async function runPhases(tf: TensorFlow, { options, data, start, command, signal }: PhasesTask) {
  const { recipe, out, cache, stopOnCollapse } = options;
  const facts = [
    ['command', command],
    ['start', start.why],
  ] as const;
  let { weights } = start;
  const phases: PhaseSummary[] = [];
  for (const [i, own] of start.phases.entries()) {
    const phase = asAsked(own, options);
    const learnsFrom = await phaseData(phase, recipe, { data, cache, signal });
    const dir = `${i + 1}-${phase.name}`;
    const { weights: best, ...outcome } = await runPhase(tf, {
      ...{ recipe, phase, weights, learnsFrom, data, stopOnCollapse, facts, signal },
      dir: join(out, dir),
    });
    weights = best;
    phases.push({
      name: phase.name,
      ...outcome,
      best: withoutDistances(outcome.best),
      last: withoutDistances(outcome.last),
      dataHash: learnsFrom.hash,
      report: join(dir, 'report.html'),
    });
  }
  return { weights, phases };
}

/** Say what there is, and name what was left out unread. */
function tellOfData({ account }: PreparedData): void {
  process.stderr.write(`${accountText(account)}; judged by ${account.judgedBy}\n`);
  for (const path of account.unreadable) process.stderr.write(`left out, unreadable: ${path}\n`);
}
