import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const lfw = process.env.KITH_LFW ?? join(root, '../shared/datasets/lfw');
const script = join(root, 'apps/lfw/dist/main.js');
const isAbsent = !existsSync(join(lfw, 'pairs.txt'));
const absent = 'LFW is not here; KITH_LFW names its folder';
const folder = mkdtempSync(join(tmpdir(), 'kith-lfw-test-'));
const cache = join(folder, 'cache');
/** A grey square of 64 px, as PNG: what a photo is, its bytes tell. */
const greyPhoto = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAMAAACdt4HsAAAAA1BMVEWIiIhYZW6zAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAG0lEQVRYhe3BgQAAAADDoPlT3+AEVQEAAAB0DRBAAAGx1LfoAAAAAElFTkSuQmCC',
  'base64',
);

afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  /** Send this once so many images are in the cache. */
  readonly signal?: { readonly name: 'SIGINT' | 'SIGKILL'; readonly images: number };
}

function runLfw(args: readonly string[], { signal }: RunOptions = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, '--cache', cache, ...args], { cwd: folder });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => {
      stdout += data;
    });
    child.stderr.on('data', (data: Buffer) => {
      stderr += data;
    });
    const watch = setInterval(() => {
      if (signal === undefined || cachedLines().length < signal.images) return;
      clearInterval(watch);
      child.kill(signal.name);
    }, 10);
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ code, stdout, stderr });
    });
  });
}

function cachedLines(): readonly string[] {
  const files = existsSync(cache) ? readdirSync(cache) : [];
  return files.flatMap((file) => readFileSync(join(cache, file), 'utf8').split('\n').slice(0, -1));
}

function errorOf({ stderr }: Ended): unknown {
  return JSON.parse(stderr.trim().split('\n').at(-1)!);
}

test('a killed run goes on where it was, an interrupted one says so, and a second whole run changes nothing', async ({
  skip,
}) => {
  skip(isAbsent, absent);
  const view2 = ['--images', lfw, '--pairs', join(lfw, 'pairs.txt'), '--limit', '20', '--json'];
  const killed = await runLfw(view2, { signal: { name: 'SIGKILL', images: 3 } });
  expect(killed.code).toBeNull();
  const kept = cachedLines().length;
  expect(kept).toBeGreaterThanOrEqual(3);

  const interrupted = await runLfw(view2, { signal: { name: 'SIGINT', images: kept + 2 } });
  expect(interrupted.code).toBe(130);
  expect(errorOf(interrupted)).toMatchObject({ code: 'CANCELLED' });

  const first = await runLfw([...view2, '--report', join(folder, 'report')]);
  expect(first.code).toBe(0);
  const answer = JSON.parse(first.stdout);
  expect(answer).toMatchObject({
    pairs: 20,
    limit: 'the first 1 genuine and 1 impostor pairs of each of 10 folds',
    protocol: 'unrestricted, labeled outside data',
    thresholdFrom: 'other folds',
    tarAtFar: { '0.01': null, '0.001': null },
  });
  for (const key of ['accuracy', 'auc', 'eer']) {
    expect(answer[key]).toBeGreaterThanOrEqual(0);
    expect(answer[key]).toBeLessThanOrEqual(1);
  }
  expect(answer.secondsPerImage).toBeGreaterThan(0);
  // every image once, whatever was killed in between
  const contents = cachedLines().flatMap((line) => (line.endsWith('}') ? [JSON.parse(line).content] : []));
  expect(contents.length).toBe(answer.images);
  expect(new Set(contents).size).toBe(contents.length);

  const written = JSON.parse(readFileSync(join(folder, 'report/report.json'), 'utf8'));
  expect(written).toMatchObject(answer);
  const html = readFileSync(join(folder, 'report/report.html'), 'utf8');
  expect(html).toContain('Fold by fold');
  expect(html).not.toContain('<script');

  const second = await runLfw(view2);
  expect(JSON.parse(second.stdout)).toEqual(answer);
  expect(cachedLines().length).toBe(contents.length);
});

test('a photo without a face makes its pairs errors whatever their label, in every measure', async ({ skip }) => {
  skip(isAbsent, absent);
  const images = join(folder, 'faceless');
  const people = ['Abel_Pacheco/Abel_Pacheco_0001.jpg', 'Abel_Pacheco/Abel_Pacheco_0004.jpg'];
  const faceless = ['Abel_Pacheco/Abel_Pacheco_0002.jpg', 'Nobody/Nobody_0001.jpg'];
  for (const path of [...people, ...faceless]) mkdirSync(dirname(join(images, path)), { recursive: true });
  for (const path of people) cpSync(join(lfw, 'lfw-deepfunneled', path), join(images, path));
  for (const path of faceless) writeFileSync(join(images, path), greyPhoto);
  const pairs = join(folder, 'faceless.txt');
  const lines = [
    '2',
    'Abel_Pacheco\t1\t4',
    'Abel_Pacheco\t1\t2',
    'Abel_Pacheco\t1\tNobody\t1',
    'Abel_Pacheco\t4\tNobody\t1',
  ];
  writeFileSync(pairs, `${lines.join('\n')}\n`);
  const { code, stdout } = await runLfw(['--images', images, '--pairs', pairs, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    pairs: 4,
    images: 4,
    failuresToEnroll: 2,
    failedPairs: 3,
    accuracy: 0.25,
    // the one pair that did not fail loses against both failed impostors, and so does the failed genuine one
    auc: 0,
    thresholdFrom: 'same list',
    stdOverFolds: null,
  });
});

test('View 1 is read, and its threshold serves another list', async ({ skip }) => {
  skip(isAbsent, absent);
  const [train, dev] = [join(lfw, 'pairsDevTrain.txt'), join(lfw, 'pairsDevTest.txt')];
  const short = join(folder, 'train.txt');
  const lines = readFileSync(train, 'utf8').split('\n');
  writeFileSync(short, `${['3', ...lines.slice(1, 4), ...lines.slice(1101, 1104)].join('\n')}\n`);
  const { code, stdout } = await runLfw([
    '--images',
    lfw,
    '--pairs',
    dev,
    '--threshold-from',
    short,
    '--limit',
    '6',
    '--json',
  ]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ pairs: 6, thresholdFrom: 'other list', thresholdFile: 'train.txt' });
});

test('what is wrong is said in one line, with file and line, and nothing is skipped', async () => {
  const images = join(folder, 'empty');
  mkdirSync(images, { recursive: true });
  const pairs = join(folder, 'bad.txt');
  const runWith = (lines: readonly string[], more: readonly string[] = []) => {
    writeFileSync(pairs, `${lines.join('\n')}\n`);
    return runLfw(['--images', images, '--pairs', pairs, '--json', ...more]);
  };
  const malformed = await runWith(['1', 'Ada\t1\t2', 'Ada\t1']);
  expect(malformed).toMatchObject({ code: 2, stdout: '' });
  expect(errorOf(malformed)).toMatchObject({ code: 'PAIRS_MALFORMED', message: expect.stringContaining('bad.txt:3') });

  const incomplete = await runWith(['1', 'Ada\t1\t2', 'Ada\t1\tAlan\t1']);
  expect(incomplete).toMatchObject({ code: 3, stdout: '' });
  expect(errorOf(incomplete)).toMatchObject({
    code: 'DATASET_INCOMPLETE',
    message: expect.stringMatching(/bad\.txt:2: Ada\/Ada_0001\.jpg is not in .*2 other images/),
  });

  const unknown = await runWith(['1', 'Ada\t1\t2', 'Ada\t1\tAlan\t1'], ['--thresholds', '3']);
  expect(unknown).toMatchObject({ code: 2, stdout: '' });
  expect(errorOf(unknown)).toMatchObject({ code: 'USAGE' });
  const wrongLimit = await runWith(['1', 'Ada\t1\t2', 'Ada\t1\tAlan\t1'], ['--limit', '1e3']);
  expect(errorOf(wrongLimit)).toMatchObject({ code: 'USAGE' });
  const missing = await runLfw(['--images', images]);
  expect(missing).toMatchObject({ code: 2, stdout: '' });
});

test('a file that is no photo ends the run and is named', async ({ skip }) => {
  skip(isAbsent, absent);
  const images = join(folder, 'broken');
  for (const name of ['Ada/Ada_0001.jpg', 'Ada/Ada_0002.jpg', 'Alan/Alan_0001.jpg']) {
    mkdirSync(dirname(join(images, name)), { recursive: true });
    writeFileSync(join(images, name), 'not a photo');
  }
  const pairs = join(folder, 'broken.txt');
  writeFileSync(pairs, '1\nAda\t1\t2\nAda\t1\tAlan\t1\n');
  const ended = await runLfw(['--images', images, '--pairs', pairs, '--json']);
  expect(ended.code).toBe(3);
  expect(errorOf(ended)).toMatchObject({
    code: 'DATASET_INCOMPLETE',
    message: expect.stringContaining('Ada/Ada_0001.jpg'),
  });
});
