import { type LogRecord, trainingPage, type ValidationRecord } from '@kith/training';
import type { RunFolder } from '@kith/training/run';
import { accountText, type PreparedData } from './data/prepare-data.ts';
import { hardestTriplets } from './hardest-triplets.ts';
import type { Embeddings } from './judge.ts';
import type { PhaseData } from './phase-data.ts';
import type { Phase, Recipe } from './recipes/recipe.ts';

/** Updates between two lines of the log. */
export const displayInterval = 20;

export interface PhaseReport {
  readonly recipe: Recipe;
  readonly phase: Phase;
  readonly learnsFrom: PhaseData;
  readonly data: PreparedData;
  readonly folder: RunFolder<unknown>;
  /** Of the judging faces, now. */
  readonly embeddings: Embeddings;
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** A phase so far as a page. */
export async function phaseReport(report: PhaseReport): Promise<string> {
  const { recipe, phase, learnsFrom, data, folder, embeddings, facts } = report;
  const records = folder.log.records();
  return trainingPage({
    name: `${recipe.name}, ${phase.name}`,
    config: folder.begun.config,
    data: accountText(data.account),
    dataHash: learnsFrom.hash,
    gitCommit: folder.begun.gitCommit,
    seed: recipe.seed,
    seconds: secondsOf(records),
    records,
    hardest: await hardestTriplets(data.judging, embeddings),
    facts: [['teachers', teachersOf(recipe, phase)], ['judged by', data.account.judgedBy], ...facts],
  });
}

/** Who was asked: views alone have answers. */
function teachersOf({ teachers }: Recipe, { learnsFrom }: Phase): string {
  return learnsFrom === 'views' ? teachers.map(({ name }) => name).join(', ') : 'none';
}

/** Training time by the log in seconds: each line's update stands for those since the line before; validations and stops are left out. */
export function secondsOf(records: readonly LogRecord[]): number {
  const steps = records.filter((record) => record.kind === 'step');
  return steps.reduce((sum, { secondsPerUpdate }) => sum + displayInterval * Number(secondsPerUpdate ?? 0), 0);
}

/** The validations of a log, in order. */
export function validationsOf(records: readonly LogRecord[]): readonly ValidationRecord[] {
  return records.filter((record) => record.kind === 'validation');
}

/** The first of the validations that are the best: whose weights are kept. */
export function bestValidation(records: readonly LogRecord[]): ValidationRecord | undefined {
  const scoreOf = ({ accuracy, bestAccuracy = accuracy }: ValidationRecord) => bestAccuracy;
  return validationsOf(records).reduce<ValidationRecord | undefined>(
    (best, each) => (best && scoreOf(best) >= scoreOf(each) ? best : each),
    undefined,
  );
}
