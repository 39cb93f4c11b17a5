import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Weights } from '@kith/network';
import { leastPrecision, type Precision, type WeightsManifest, writeWeights } from '@kith/network/weights';
import type { ValidationRecord } from '@kith/training';
import { replaceFile } from '@kith/training/run';
import { accountText, type DataAccount } from './data/prepare-data.ts';
import { gitCommit } from './git-commit.ts';
import type { Recipe } from './recipes/recipe.ts';
import type { PhaseOutcome } from './run-phase.ts';
import type { Start } from './start.ts';

/** A phase as the summary tells of it. */
export interface PhaseSummary extends Omit<PhaseOutcome, 'weights' | 'best' | 'last'> {
  readonly name: string;
  /** sha256 of what it learnt from. */
  readonly dataHash: string;
  readonly report: string;
  readonly best: Omit<ValidationRecord, 'distances'>;
  readonly last: Omit<ValidationRecord, 'distances'>;
}

/** A whole run, as `summary.json` and `--json` have it. */
export interface RunSummary {
  readonly recipe: string;
  readonly start: Pick<Start, 'name' | 'why'>;
  readonly seed: number;
  readonly gitCommit: string;
  readonly command: string;
  readonly data: DataAccount;
  readonly phases: readonly PhaseSummary[];
  /** Its numbers are of single precision, of 32 bits, only where one is too large for half. */
  readonly model: {
    readonly file: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly precision: Precision;
  };
}

export interface ExportTask {
  readonly out: string;
  readonly recipe: Recipe;
  readonly start: Start;
  /** Of the last phase. */
  readonly weights: Weights;
  readonly data: DataAccount;
  readonly phases: readonly PhaseSummary[];
  /** As a report names it. */
  readonly command: string;
}

/** Write a run's model with where it comes from, and its summary. @throws {FaceError} `DISK_FULL`. */
export async function exportModel(task: ExportTask): Promise<RunSummary> {
  const { out, recipe, weights, start, data, phases, command } = task;
  const file = join('model', `${recipe.name}.safetensors`);
  mkdirSync(join(out, 'model'), { recursive: true });
  // half the bytes, and embeddings the same to four digits
  const precision = leastPrecision(weights);
  const { bytes, sha256 }: WeightsManifest = await writeWeights(join(out, file), weights, {
    precision,
    manifest: {
      network: recipe.network.name,
      licence: 'that of whom it started from or was taught by, and the terms of the photos it was trained on',
      provenance: {
        from: originOf(task),
        data: `${accountText(data)}; judged by ${data.judgedBy}`,
        ...(recipe.teachers.length > 0 && start.name === 'anew'
          ? { teacher: recipe.teachers.map(({ name }) => name).join(', ') }
          : {}),
        date: new Date().toISOString().slice(0, 10),
        command,
      },
    },
  });
  const { name, why } = start;
  const summary: RunSummary = {
    recipe: recipe.name,
    start: { name, why },
    seed: recipe.seed,
    gitCommit: gitCommit(),
    ...{ command, data, phases },
    model: { file, bytes, sha256, precision },
  };
  await replaceFile(join(out, 'summary.json'), `${JSON.stringify(summary, undefined, 2)}\n`);
  return summary;
}

/** What the text says of a validation, without its histogram. */
export function withoutDistances({
  distances: _,
  ...validation
}: ValidationRecord): Omit<ValidationRecord, 'distances'> {
  return validation;
}

function originOf({ recipe, start, phases }: ExportTask): string {
  const done = phases.map(({ name, best }) => `${name} to update ${best.iteration}`).join(', ');
  return `recipe ${recipe.name} of kith at commit ${gitCommit()}, seed ${recipe.seed}: ${start.why} Then ${done}.`;
}

/** The run in a few lines for people. */
export function summaryText({ phases, model, start, recipe }: RunSummary, out: string): string {
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const lines = phases.map(({ name, iterations, reason, seconds, best }) => {
    const at = best.iteration === 0 ? 'before the first update: nothing was gained' : `at update ${best.iteration}`;
    return `${name}: ${iterations} updates in ${Math.round(seconds)} s (${reason}); best accuracy ${percent(best.accuracy)} ± ${percent(best.standardError)}, AUC ${best.auc.toFixed(4)}${judgedOn(best)}, ${at}`;
  });
  const { report, last } = phases.at(-1)!;
  const seeFaces = isAllTold(last) ? '' : 'see which faces it mixes up at the end of the report; ';
  return [
    start.why,
    ...lines,
    `report  ${join(out, report)}`,
    `model   ${join(out, model.file)}, its manifest beside it${model.precision === 'half' ? '' : '; in 32-bit numbers, since half precision holds none above 65,504: look whether training went well'}`,
    `summary ${join(out, 'summary.json')}`,
    `What next: ${seeFaces}try other photos, --budget or --seed with another --out; docs/training.md tells how to use ${recipe}.`,
    '',
  ].join('\n');
}

type Told = PhaseSummary['best'];

function judgedOn({ pairs, people }: Told): string {
  return pairs === undefined ? '' : ` on ${pairs} pairs of ${people} people`;
}

/** Whether all who judge are told apart. */
function isAllTold({ accuracy, bestAccuracy = accuracy }: Told): boolean {
  return accuracy === 1 && bestAccuracy === 1;
}
