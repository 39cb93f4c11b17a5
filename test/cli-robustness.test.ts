import { once } from 'node:events';
import { closeSync, existsSync, linkSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGallery } from '@kith/pipeline';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { syntheticPhoto } from '../datasets/synthetic-face.ts';
import { kith, kithJson, startKith } from './support/kith-process.ts';
import { writeManyPhotos } from './support/many-photos.ts';

const scratch = mkdtempSync(join(tmpdir(), 'kith-robust-'));
const path = (name: string) => join(scratch, name);
const env = { KITH_GALLERY: path('gallery') };
const likes = ['ada', 'bea', 'cleo', 'dora'];

beforeAll(async () => {
  const photo = await syntheticPhoto({ identity: 0, view: 0, size: 160 });
  writeFileSync(path('ada.jpg'), photo);
  const gallery = await openGallery(path('gallery'));
  for (const subject of likes) await gallery.enroll(subject, photo);
  await gallery.enroll(' ', await syntheticPhoto({ identity: 4, view: 0, size: 160 }));
  await gallery.close();
  await (await openGallery(path('empty'))).close();
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.skipIf(!existsSync('/dev/full'))('words that cannot be written', () => {
  const withFull = async (args: readonly string[], stream: 'stdout' | 'stderr') => {
    const full = openSync('/dev/full', 'w');
    const stdio = stream === 'stdout' ? (['ignore', full, 'pipe'] as const) : (['ignore', 'pipe', full] as const);
    const run = await kith(args, { env, stdio: [...stdio] });
    closeSync(full);
    return run;
  };

  test('an answer that is lost is neither yes nor no', async () => {
    const text = await withFull(['list', '--quiet'], 'stdout');
    expect(text.code).toBe(4);
    expect(text.stderr).toMatch(/^kith: The answer cannot be written: .+ \(DISK_FULL\)\n$/);
    const json = await withFull(['list', '--json'], 'stdout');
    expect(json.code).toBe(4);
    expect(json.stderr).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(json.stderr)).toMatchObject({ code: 'DISK_FULL' });
  });

  test('an error keeps its code where stdout is full, and an answer its own where stderr is', async () => {
    expect((await withFull(['show', 'nobody'], 'stderr')).code).toBe(4);
    expect((await withFull(['list', '--no-such'], 'stdout')).code).toBe(2);
    const run = await withFull(['list'], 'stderr');
    expect(run.code).toBe(0);
    expect(run.stdout).toContain('ada\t1\n');
  });
});

describe('calls that would cost something', () => {
  test('--out never draws over the photo, under any name, or over a database', async () => {
    linkSync(path('ada.jpg'), path('also-ada.png'));
    const files = ['ada.jpg', 'also-ada.png', 'gallery/gallery.db'];
    new SqliteDatabase(path('songs.sqlite')).exec('CREATE TABLE songs (name TEXT)').close();
    const before = files.map((file) => readFileSync(path(file)));
    const runs = await Promise.all(
      [...files, 'songs.sqlite', 'gallery/gallery.db-wal'].map((out) =>
        kithJson(['detect', path('ada.jpg'), '--out', path(out)]).catch(String),
      ),
    );
    for (const run of runs) expect(run).toContain('\\"code\\":\\"USAGE\\"');
    expect((await kith(['align', path('ada.jpg'), '--out', path('also-ada.png')])).code).toBe(2);
    expect(files.map((file) => readFileSync(path(file)))).toEqual(before);
  });

  test('export never takes the place of a photo', async () => {
    const before = readFileSync(path('ada.jpg'));
    const run = await kith(['export', path('ada.jpg')], { env });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('not a kith export');
    expect(readFileSync(path('ada.jpg'))).toEqual(before);
  });

  test('a wrong word is not guessed at, and every error is one line', async () => {
    const runs = await Promise.all([
      kith(['remov', 'ada'], { env }),
      kith(['--json']),
      kith(['enroll', '--from', path('ada.jpg')]),
      kith(['enroll', '--from', path('missing')]),
      kith(['detect', '']),
      kith(['detect', path('ada.jpg'), '--max-pixels', '1000']),
    ]);
    expect(runs.map(({ code }) => code)).toEqual([2, 2, 2, 2, 3, 3]);
    for (const { stderr } of runs) expect(stderr).toMatch(/^[^\n]+\n$/);
    const [guess, bare, file, missing, unnamed, large] = runs.map(({ stderr }) => stderr);
    expect(guess).not.toMatch(/did you mean|\\u\{a\}/i);
    expect(JSON.parse(bare!)).toEqual({ code: 'USAGE', message: 'A command is expected; see kith --help.' });
    expect(file).toContain('is a file');
    expect(missing).toContain('There is no folder "');
    expect(unnamed).toContain('There is no file "".');
    expect(large).toContain('1,000 pixels in all (raise it with --max-pixels)');
  });
});

describe('answers that need a second look', () => {
  interface Answer {
    readonly faces: readonly { accepted: string; within: number; candidates: { probability: number }[] }[];
  }

  test('identify tells how many people fit, also those that are not listed', async () => {
    const args = ['identify', path('ada.jpg'), '--top', '2'];
    const { json } = await kithJson<Answer>(args, { env });
    expect(json.faces[0]).toMatchObject({ accepted: 'ada', within: 4 });
    expect(json.faces[0]!.candidates.map(({ probability }) => probability)).toEqual([0.9999, 0.9999]);
    const { stdout } = await kith(args, { env });
    expect(stdout).toContain('\n  also within the threshold: bea, 2 more\n');
  });

  test('an empty gallery is said to be one', async () => {
    const { code, stdout } = await kith(['identify', path('ada.jpg'), '--gallery', path('empty')]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/: nobody we know\nthe gallery is empty/);
  });

  test('a rate that no measurement reaches is told in the terms of one comparison', async () => {
    const [strict, loose] = await Promise.all([
      kith(['compare', path('ada.jpg'), path('ada.jpg'), '--fmr', '1e-9']),
      kith(['compare', path('ada.jpg'), path('ada.jpg'), '--fmr', '0.5']),
    ]);
    expect(strict.stderr).toMatch(/needs 1e-9 per comparison; .+ reach to 0\.000001, .+ larger --fmr/);
    expect(loose.stderr).toMatch(/allows 0\.5 per comparison; the measurements begin at 0\.1, .+ which holds 0\.1\./);
  });

  test('a blank name is seen, and one subject is no subjects', async () => {
    const { stdout } = await kith(['list'], { env });
    expect(stdout).toMatch(/^" "\t1\n/);
    const { stderr } = await kith(['list', '--gallery', path('empty')]);
    expect(stderr).toMatch(/^0 subjects, /);
  });
});

test('SIGTERM finishes the file at hand, tells what was done, and ends with 143', async () => {
  await writeManyPhotos(path('people'), { subjects: 4, each: 5, drawn: 2 });
  const child = startKith(['enroll', '--from', path('people'), '--gallery', path('stopped')]);
  const written = { stdout: '', stderr: '' };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    if (written.stdout === '') child.kill('SIGTERM');
    written.stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(143);
  expect(written.stderr).toMatch(/Stopped after \d+ of 20 photos/);
  expect(written.stdout.match(/^enrolled/gm)!.length).toBeLessThan(20);
});

test('a write that waits for another process says so', async () => {
  const holder = new SqliteDatabase(join(path('gallery'), 'gallery.db'));
  holder.exec('BEGIN IMMEDIATE');
  const child = startKith(['remove', 'dora'], { env });
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (holder.inTransaction) holder.exec('ROLLBACK');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  holder.close();
  expect(stderr).toContain('waiting for another process that writes to the gallery');
  expect(code).toBe(0);
});
