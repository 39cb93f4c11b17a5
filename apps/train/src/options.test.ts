import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { asAsked, help, readOptions } from './options.ts';
import { fineTune } from './recipes/fine-tune.ts';
import { recipeOf, recipes } from './recipes/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-options-'));
const solver = join(folder, 'solver.prototxt');
const unknown = join(folder, 'unknown.prototxt');
writeFileSync(solver, 'base_lr: 0.01\nlr_policy: "step"\ngamma: 0.96\nstepsize: 320\nmomentum: 0.9\nmax_iter: 600\n');
writeFileSync(unknown, 'base_lr: 0.01\nspeed: 9\n');
afterAll(() => rmSync(folder, { recursive: true }));

const needed = ['--recipe', 'kith-small', '--data', 'photos'];

test('what is left out is as the help says', () => {
  expect(readOptions(needed)).toEqual({
    ...{ recipe: recipeOf('kith-small'), data: 'photos', lfw: undefined },
    ...{ out: join('runs', 'kith-small'), cache: join('.cache', 'train'), skipUnreadable: false },
    ...{ start: undefined, budget: undefined, solver: undefined, threads: undefined },
    ...{ stopOnCollapse: false, json: false },
  });
});

test('a seed is the recipe’s, and nothing else of it changes', () => {
  expect(readOptions([...needed, '--seed', '7']).recipe).toEqual({ ...recipeOf('kith-small'), seed: 7 });
});

test.each([
  [[], 'USAGE', /--recipe is needed/],
  [['--recipe', 'kith-huge', '--data', 'photos'], 'USAGE', /no recipe "kith-huge".*kith-small/],
  [['--recipe', 'kith-small'], 'USAGE', /--data is needed/],
  [[...needed, '--fast'], 'USAGE', /--fast/],
  [[...needed, 'photos'], 'USAGE', /photos/],
  [[...needed, '--budget', '0'], 'USAGE', /--budget is a number above 0, got "0"/],
  [[...needed, '--budget', ''], 'USAGE', /--budget/],
  [[...needed, '--threads', '1.5'], 'USAGE', /--threads is a whole number above 0/],
  [[...needed, '--seed', '-1'], 'USAGE', /--seed/],
  [[...needed, '--start', 'now'], 'USAGE', /shipped, anew, got "now"/],
  [[...needed, '--solver', join(folder, 'none')], 'FILE_NOT_FOUND', /no solver file/],
  [[...needed, '--solver', unknown], 'SOLVER_INVALID', /Line 2.*speed/],
  [[...needed, '--solver', solver, '--budget', '2'], 'USAGE', /max_iter/],
])('%j is refused', (args, code, message) => {
  expect(() => readOptions(args)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
});

test('a budget scales the faces alone, a solver’s file takes the recipe’s place', () => {
  const { solver: own, ...rest } = fineTune;
  expect(asAsked(fineTune, { budget: undefined, solver: undefined })).toBe(fineTune);
  expect(asAsked(fineTune, { budget: 0.25, solver: undefined })).toEqual({ ...rest, solver: { ...own, faces: 3200 } });
  const read = readOptions([...needed, '--solver', solver]).solver!;
  expect(read).toMatchObject({
    baseLr: 0.01,
    policy: { kind: 'step', gamma: 0.96, stepSize: 320 },
    maxIterations: 600,
  });
  const phase = asAsked(fineTune, { budget: undefined, solver: read });
  // a run's settings are kept as JSON
  expect(JSON.parse(JSON.stringify(phase))).toEqual({ ...fineTune, ownSolver: JSON.parse(JSON.stringify(read)) });
});

test('the help names every recipe, option and exit code', () => {
  for (const { name } of recipes) expect(help).toContain(name);
  const options = 'recipe data lfw out cache skip-unreadable start budget seed solver threads stop-on-collapse json';
  for (const option of options.split(' ')) expect(help).toContain(`--${option}`);
  for (const code of ['0 done', '1 training', '2 usage', '3 the data', '130 stopped']) expect(help).toContain(code);
});

test("a number below 0 is refused as that option's value", () => {
  const read = () => readOptions(['--recipe', 'kith-small', '--data', 'photos', '--seed', '-1']);
  expect(read).toThrow('--seed is a whole number above 0, got "-1".');
});
