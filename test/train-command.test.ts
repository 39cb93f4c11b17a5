import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kithSmall } from '@kith/embedding';
import { assertWeightsFit } from '@kith/network';
import { readWeights } from '@kith/network/weights';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { syntheticPhoto } from '../datasets/synthetic-face.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const command = [
  '--conditions',
  'kith-source',
  '--import',
  import.meta.resolve('tsx'),
  join(root, 'apps/train/src/main.ts'),
];
const folder = mkdtempSync(join(tmpdir(), 'kith-train-test-'));
const pick = new Map<string, Uint8Array>();

/** Drawn people with photos each: nobody. */
async function people(name: string, { count, photos }: { readonly count: number; readonly photos: number }) {
  for (let identity = 1; identity <= count; identity++) {
    for (let view = 0; view < photos; view++) {
      const key = `${identity} ${view}`;
      if (!pick.has(key)) pick.set(key, await syntheticPhoto({ identity, view, size: 128 }));
      write(join(name, `person ${identity}`, `${view}.jpg`), pick.get(key)!);
    }
  }
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

beforeAll(async () => {
  mkdirSync(join(folder, 'empty'));
  await people('one-person', { count: 1, photos: 3 });
  await people('single-photos', { count: 4, photos: 1 });
  await people('three-people', { count: 3, photos: 2 });
  await people('broken', { count: 1, photos: 1 });
  write('broken/person 1/torn.jpg', pick.get('1 0')!.subarray(0, 300));
  write('broken/person 2/text.png', 'no picture');
  await people('ten-people', { count: 10, photos: 4 });
  write('ten-people/person 3/text.png', 'no picture');
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run the command; with a folder to wait for, interrupt it once the run there has logged steps. */
async function train(args: readonly string[], { interruptIn }: { readonly interruptIn?: string } = {}): Promise<Ended> {
  const child = spawn(process.execPath, [...command, ...args], { cwd: folder });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  }
  const watch = setInterval(() => {
    if (interruptIn === undefined || !existsSync(join(folder, interruptIn))) return;
    const isTraining = readdirSync(join(folder, interruptIn)).some((phase) => {
      const log = join(folder, interruptIn, phase, 'log.jsonl');
      return existsSync(log) && readFileSync(log, 'utf8').includes('"kind":"step"');
    });
    if (!isTraining) return;
    clearInterval(watch);
    child.kill('SIGINT');
  }, 20);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(watch);
  return { code, ...written };
}

const errorOf = ({ stderr }: Ended) => JSON.parse(stderr.trim().split('\n').at(-1)!);

test.each([
  ['empty', 'TRAINING_DATA_UNFIT', /no photo below empty/],
  ['one-person', 'TRAINING_DATA_UNFIT', /leaves nobody to learn from, expected at least 2/],
  ['single-photos', 'TRAINING_DATA_UNFIT', /4 people with a single face/],
  ['three-people', 'TRAINING_DATA_UNFIT', /leaves 1 person to learn from/],
  [
    'broken',
    'IMAGE_UNREADABLE',
    /2 photos below broken cannot be read: person 1\/torn.jpg, person 2\/text.png.*--skip-unreadable/,
  ],
])('%s is refused', async (data, code, message) => {
  const ended = await train(['--recipe', 'kith-small', '--data', data, '--json']);
  expect(ended).toMatchObject({ code: 3, stdout: '' });
  expect(errorOf(ended)).toEqual({ code, message: expect.stringMatching(message) });
  expect(existsSync(join(folder, 'runs'))).toBe(false);
});

test('a folder that is not there is told of, in words without --json', async () => {
  const ended = await train(['--recipe', 'kith-small', '--data', 'nowhere']);
  expect(ended).toMatchObject({ code: 2, stdout: '', stderr: 'train: There is no folder nowhere. (FILE_NOT_FOUND)\n' });
});

test('ten people train to a report; stopped on the way, the same command goes on, and done, it only tells', async () => {
  const args = ['--recipe', 'kith-small', '--data', 'ten-people', '--threads', '1', '--json'];
  const unread = await train(args);
  expect(unread.code).toBe(3);
  expect(errorOf(unread).code).toBe('IMAGE_UNREADABLE');

  const whole = [...args, '--skip-unreadable'];
  const stopped = await train(whole, { interruptIn: 'runs/kith-small' });
  expect(stopped.code).toBe(130);
  expect(errorOf(stopped)).toEqual({ code: 'CANCELLED', message: expect.stringContaining('the same command again') });

  const done = await train(whole);
  expect(done.code).toBe(0);
  expect(done.stderr).toMatch(/left out, unreadable: person 3.text.png/);
  expect(done.stderr).toMatch(/goes on from update [1-9]/);
  const summary = JSON.parse(done.stdout);
  const out = join(folder, 'runs/kith-small');
  expect(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))).toEqual(summary);
  expect(summary).toMatchObject({
    recipe: 'kith-small',
    start: { why: expect.stringContaining('8 people to learn from, fewer than 500') },
    data: { photos: 41, people: 8, faces: 32, unreadable: [expect.stringContaining('text.png')] },
    command: 'npm run train -- --recipe kith-small --data ten-people --threads 1 --json --skip-unreadable',
  });
  expect(readFileSync(join(out, summary.phases.at(-1).report), 'utf8')).toContain(summary.start.why);
  const [phase] = readdirSync(out).filter((name) => name.startsWith('1-'));
  expect(readFileSync(join(out, phase!, 'log.jsonl'), 'utf8')).toContain(JSON.stringify(summary.start.why));
  const { weights, manifest } = await readWeights(join(out, summary.model.file));
  expect(() => assertWeightsFit(kithSmall, weights)).not.toThrow();
  expect(manifest).toMatchObject({ network: kithSmall.name, sha256: summary.model.sha256 });

  const again = await train(whole);
  expect(again.code).toBe(0);
  expect(again.stderr).toMatch(/is finished/);
  expect(JSON.parse(again.stdout)).toEqual(summary);

  const other = await train([...whole, '--budget', '0.5']);
  expect(other.code).toBe(2);
  expect(errorOf(other)).toEqual({ code: 'SNAPSHOT_MISMATCH', message: expect.stringContaining('solver.faces is') });
}, 400_000);
