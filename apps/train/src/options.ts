import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FaceError } from '@kith/core';
import { required, usage, wholeNumber } from '@kith/terminal';
import { readSolver, type SolverConfig } from '@kith/training';
import { recipeOf, recipes } from './recipes/index.ts';
import type { Phase, Recipe } from './recipes/recipe.ts';
import { enoughPeople, type StartName, startNames } from './start.ts';

export const help = `Train one of kith's models: faces are found and aligned, teachers asked, phases trained, a report written.

  npm run train -- --recipe <name> --data <dir> [--lfw <dir>] [--out <dir>]

The same command again goes on where it was stopped. docs/training.md tells more.

  --recipe <name>     one of:
${recipes.map(({ name, summary }) => `                        ${name.padEnd(16)} ${summary}`).join('\n')}
  --data <dir>        photos to learn from, one folder a person
  --lfw <dir>         LFW with its pair lists: View 1 judges, and whoever may be in LFW is not trained on;
                      without it some of the people are held out to judge
  --out <dir>         the run's folder, by default runs/<recipe>
  --cache <dir>       where faces found and aligned are kept, by default .cache/train
  --skip-unreadable   leave out photos that cannot be read
  --start <where>     shipped: fine-tune the weights that come with kith; anew: from nothing;
                      by default shipped where there are fewer than ${enoughPeople} people
  --budget <factor>   so many times as many faces in each phase, such as 0.5
  --seed <number>     another order, other views and dropout, by default the recipe's seed
  --solver <file>     a Caffe solver.prototxt instead of the recipe's solvers
  --threads <count>   TensorFlow's threads, by default one a core; with 1 a stopped run ends as one that was not, to the bit
  --stop-on-collapse  stop when the embeddings fall together or nothing is left to learn
  --json              the summary as JSON on stdout
  --help

Exit codes: 0 done, 1 training collapsed or diverged, 2 usage or another run's folder, 3 the data,
4 a full disk, a run that is locked or damaged, 70 a fault of ours, 130 stopped by Ctrl-C,
143 by SIGTERM, what is done being kept.
`;

/** What the command was asked for. */
export interface TrainOptions {
  readonly recipe: Recipe;
  readonly data: string;
  readonly lfw: string | undefined;
  readonly out: string;
  readonly cache: string;
  readonly skipUnreadable: boolean;
  readonly start: StartName | undefined;
  readonly budget: number | undefined;
  readonly solver: SolverConfig | undefined;
  readonly threads: number | undefined;
  readonly stopOnCollapse: boolean;
  readonly json: boolean;
}

/** Read the command line. @throws {FaceError} `USAGE`; of the solver's file `FILE_NOT_FOUND` and `SOLVER_INVALID`. */
export function readOptions(args: readonly string[]): TrainOptions {
  const values = valuesOf(args);
  const recipe = recipeOf(required(values.recipe, 'recipe'));
  const { lfw, cache, budget, solver, threads, seed, start, json } = values;
  if (budget !== undefined && solver !== undefined) {
    throw new FaceError('USAGE', '--budget is of the recipe; with --solver, change max_iter in its file.');
  }
  return {
    recipe: seed === undefined ? recipe : { ...recipe, seed: wholeNumber(seed, 'seed') },
    data: required(values.data, 'data'),
    ...{ lfw, cache, json },
    out: values.out ?? join('runs', recipe.name),
    skipUnreadable: values['skip-unreadable'],
    start: start === undefined ? undefined : startOf(start),
    budget: budget === undefined ? undefined : factorOf(budget),
    solver: solver === undefined ? undefined : solverIn(solver),
    threads: threads === undefined ? undefined : wholeNumber(threads, 'threads'),
    stopOnCollapse: values['stop-on-collapse'],
  };
}

function valuesOf(args: readonly string[]) {
  const { values } = usage(() =>
    parseArgs({
      args: joined(args),
      options: {
        recipe: { type: 'string' },
        data: { type: 'string' },
        lfw: { type: 'string' },
        out: { type: 'string' },
        cache: { type: 'string', default: join('.cache', 'train') },
        'skip-unreadable': { type: 'boolean', default: false },
        start: { type: 'string' },
        budget: { type: 'string' },
        seed: { type: 'string' },
        solver: { type: 'string' },
        threads: { type: 'string' },
        'stop-on-collapse': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    }),
  );
  return values;
}

/** Options with a number below 0, which would be taken for another option, in one piece with it: so it is their value that is refused. */
function joined(args: readonly string[]): string[] {
  const pieces: string[] = [];
  for (const arg of args) {
    const before = pieces.at(-1);
    if (/^-[\d.]/.test(arg) && before?.startsWith('--') && !before.includes('='))
      pieces[pieces.length - 1] += `=${arg}`;
    else pieces.push(arg);
  }
  return pieces;
}

/** A phase as the options change it. */
export function asAsked(phase: Phase, { budget, solver }: Pick<TrainOptions, 'budget' | 'solver'>): Phase {
  if (solver) return { ...phase, ownSolver: solver };
  if (budget === undefined) return phase;
  return { ...phase, solver: { ...phase.solver, faces: Math.max(1, Math.round(phase.solver.faces * budget)) } };
}

function startOf(text: string): StartName {
  const found = startNames.find((name) => name === text);
  if (found) return found;
  throw new FaceError('USAGE', `--start is one of ${startNames.join(', ')}, got "${text}".`);
}

function factorOf(text: string): number {
  const factor = Number(text);
  if (text.trim() !== '' && Number.isFinite(factor) && factor > 0) return factor;
  throw new FaceError('USAGE', `--budget is a number above 0, got "${text}".`);
}

function solverIn(path: string): SolverConfig {
  if (!existsSync(path)) throw new FaceError('FILE_NOT_FOUND', `There is no solver file ${path}.`);
  try {
    const { caffe: _, ...config } = readSolver(readFileSync(path, 'utf8'));
    return config;
  } catch (cause) {
    if (!(cause instanceof FaceError)) throw cause;
    throw new FaceError(cause.code, `${path}: ${cause.message}`, { cause });
  }
}
