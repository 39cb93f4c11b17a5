import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProgram } from '../apps/kith/src/program.ts';
import { encodePhoto, syntheticGroup, syntheticPhoto } from '../datasets/synthetic-face.ts';
import { kith, kithJson, startKith } from './support/kith-process.ts';
import { writeManyPhotos } from './support/many-photos.ts';

interface Box {
  readonly xMin: number;
  readonly yMin: number;
  readonly xMax: number;
  readonly yMax: number;
}
interface Decision {
  readonly accepted: boolean;
  readonly distance: number;
  readonly threshold: number;
  readonly fmr: number;
  readonly probability: number;
  readonly space: string;
}
interface FileVerdict {
  readonly file: string;
  readonly status: string;
  readonly id?: string;
  readonly code?: string;
}

const scratch = mkdtempSync(join(tmpdir(), 'kith-cli-'));
const gallery = join(scratch, 'gallery');
const env = { KITH_GALLERY: gallery };
/** No network can be loaded: proof that a command needs none. */
const withoutNetworks = { ...env, KITH_RUNTIME: 'none' };
const path = (name: string) => join(scratch, name);

beforeAll(async () => {
  const photos = {
    'ada.jpg': [0, 0],
    'ada-2.jpg': [0, 1],
    'grace.jpg': [4, 0],
    'grace-2.jpg': [4, 1],
    'stranger.jpg': [3, 0],
  };
  for (const [name, [identity, view]] of Object.entries(photos)) {
    writeFileSync(path(name), await syntheticPhoto({ identity: identity!, view: view!, size: 160 }));
  }
  const grey = sharp({ create: { width: 200, height: 150, channels: 3, background: '#777' } });
  writeFileSync(path('nobody.png'), await grey.png().toBuffer());
  writeFileSync(path('pair.png'), await encodePhoto(syntheticGroup({ identities: [0, 4] }).image, { format: 'png' }));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('a life of a gallery', () => {
  test('enroll tells every file; again it changes nothing; a refused one stops no other', async () => {
    const first = await kithJson<{ subject: string; files: FileVerdict[] }>(['enroll', 'ada', path('ada.jpg')], {
      env,
    });
    expect(first).toMatchObject({ code: 0, stderr: '', json: { subject: 'ada', files: [{ status: 'enrolled' }] } });
    const [enrolled] = first.json.files;
    expect(enrolled).toEqual({
      file: path('ada.jpg'),
      status: 'enrolled',
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
    });

    const again = await kith(['enroll', 'ada', path('nobody.png'), path('ada.jpg'), path('ada-2.jpg'), '--json'], {
      env,
    });
    expect(again.code).toBe(3);
    expect(JSON.parse(again.stdout)).toMatchObject({
      files: [
        { status: 'refused', code: 'FACE_NOT_FOUND' },
        { status: 'unchanged', id: enrolled!.id },
        { status: 'enrolled' },
      ],
    });
    expect(JSON.parse(again.stderr)).toMatchObject({ code: 'FACE_NOT_FOUND' });
    expect((await kith(['enroll', 'grace', path('grace.jpg')], { env })).stdout).toMatch(
      /^enrolled +\S+grace\.jpg +[0-9a-f]{16}\n$/,
    );
  });

  test('verify answers yes with 0 and no with 1, and says what it rests on', async () => {
    const yes = await kithJson<Decision>(['verify', 'grace', path('grace-2.jpg')], { env });
    expect(yes).toMatchObject({ code: 0, stderr: '', json: { accepted: true } });
    expect(yes.json.fmr).toBeCloseTo(0.001, 9);
    expect(yes.json.distance).toBeLessThanOrEqual(yes.json.threshold);
    const no = await kithJson<Decision>(['verify', 'ada', path('grace-2.jpg'), '--fmr', '1e-3'], { env });
    expect(no).toMatchObject({ code: 1, stderr: '', json: { accepted: false } });
    expect(no.json.distance).toBeGreaterThan(no.json.threshold);
    // two faces share the rate that one may have alone
    expect(no.json.threshold).toBeLessThan(yes.json.threshold);
    expect(no.json.probability).toBeLessThan(yes.json.probability);
    expect(yes.json.space).toMatch(/^dlib-resnet-.+\/128$/);
  });

  test('identify names every face of a photo, or nobody', async () => {
    type Answer = {
      faces: { box: Box; accepted: string | null; candidates: { subject: string; distance: number }[] }[];
      fpir: number;
    };
    const pair = await kithJson<Answer>(['identify', path('pair.png'), '--fpir', '0.001'], { env });
    expect(pair).toMatchObject({ code: 0, stderr: '' });
    expect(pair.json.faces.map(({ accepted }) => accepted).toSorted()).toEqual(['ada', 'grace']);
    for (const { candidates } of pair.json.faces) {
      expect(candidates).toHaveLength(2);
      expect(candidates[0]!.distance).toBeLessThan(candidates[1]!.distance);
    }
    const strict = ['--fpir', '1e-4', '--top', '1', '--largest'];
    const nobody = await kithJson<Answer>(['identify', path('stranger.jpg'), ...strict], { env });
    expect(nobody).toMatchObject({ code: 1, json: { faces: [{ accepted: null }] } });
    expect(nobody.json.faces[0]!.candidates).toHaveLength(1);
  });

  test('list and show need no network', async () => {
    const { json } = await kithJson<{ subjects: unknown[] }>(['list'], { env: withoutNetworks });
    expect(json.subjects).toEqual([
      { subject: 'ada', faces: 2 },
      { subject: 'grace', faces: 1 },
    ]);
    const shown = await kithJson<{ faces: { file: string; quality: number; time: string }[] }>(['show', 'ada'], {
      env: withoutNetworks,
    });
    expect(shown.json.faces.map(({ file }) => file)).toEqual(['ada.jpg', 'ada-2.jpg']);
    expect(
      shown.json.faces.every(({ quality, time }) => quality > 0 && quality <= 1 && !Number.isNaN(Date.parse(time))),
    ).toBe(true);
    expect((await kith(['list'], { env: withoutNetworks })).stdout).toBe('ada\t2\ngrace\t1\n');
  });

  test('export, import and backup carry everything', async () => {
    const whole = (await kith(['list', '--json'], { env })).stdout;
    expect(await kithJson(['export', path('all.kith')], { env: withoutNetworks })).toMatchObject({
      code: 0,
      json: { subjects: 2, faces: 3 },
    });
    const moved = ['--gallery', path('moved')];
    expect(await kithJson(['import', path('all.kith'), ...moved], { env: withoutNetworks })).toMatchObject({
      code: 0,
      json: { enrolled: 3, unchanged: 0 },
    });
    expect((await kith(['list', '--json', ...moved])).stdout).toBe(whole);
    expect(await kith(['backup', path('copy')], { env: withoutNetworks })).toMatchObject({ code: 0 });
    expect((await kith(['list', '--json', '--gallery', path('copy')])).stdout).toBe(whole);
    writeFileSync(path('cut.kith'), readFileSync(path('all.kith')).subarray(0, 500));
    const cut = await kith(['import', path('cut.kith'), ...moved, '--json']);
    expect(cut.code).toBe(4);
    expect(JSON.parse(cut.stderr)).toMatchObject({ code: 'EXPORT_MALFORMED' });
    // nor is a gallery made for what cannot be imported
    for (const [file, code, exit] of [
      ['cut.kith', 'EXPORT_MALFORMED', 4],
      ['no.kith', 'FILE_NOT_FOUND', 3],
    ] as const) {
      const run = await kith(['import', path(file), '--gallery', path('unmade'), '--json']);
      expect(run.code).toBe(exit);
      expect(JSON.parse(run.stderr)).toMatchObject({ code });
      expect(existsSync(path('unmade'))).toBe(false);
    }
  });

  test('remove takes a face, then the subject, and then there is none', async () => {
    const { json } = await kithJson<{ faces: { id: string }[] }>(['show', 'ada'], { env });
    const remove = ['remove', 'ada'];
    const options = { env: withoutNetworks };
    expect(await kithJson([...remove, json.faces[0]!.id], options)).toMatchObject({
      code: 0,
      json: { subject: 'ada', removed: 1 },
    });
    const twice = await kith([...remove, json.faces[0]!.id, '--json'], options);
    expect(twice.code).toBe(4);
    expect(JSON.parse(twice.stderr)).toMatchObject({ code: 'FACE_ID_NOT_FOUND' });
    expect(await kithJson(remove, options)).toMatchObject({ code: 0, json: { removed: 1 } });
    const gone = await kith([...remove, '--json'], options);
    expect(gone.code).toBe(4);
    expect(JSON.parse(gone.stderr)).toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
  });
});

describe('one stage, to look at', () => {
  test('detect lists faces and draws them', async () => {
    const out = path('faces.png');
    const run = await kithJson<{ faces: { box: Box; score: number; landmarks: number[][] }[] }>([
      'detect',
      path('pair.png'),
      '--out',
      out,
    ]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.json.faces).toHaveLength(2);
    for (const { box, score, landmarks } of run.json.faces) {
      expect(landmarks).toHaveLength(68);
      expect(score).toBeGreaterThan(0);
      expect(box.xMax).toBeGreaterThan(box.xMin);
    }
    expect((await sharp(readFileSync(out)).metadata()).format).toBe('png');
    expect(await kithJson(['detect', path('nobody.png')])).toMatchObject({ code: 0, json: { faces: [] } });
  });

  test('align draws; embed prints unit vectors', async () => {
    const out = path('aligned.png');
    expect(await kithJson(['align', path('ada.jpg'), '--out', out])).toMatchObject({
      code: 0,
      json: { width: 150, height: 150 },
    });
    expect((await sharp(readFileSync(out)).metadata()).format).toBe('png');
    const { json } = await kithJson<{ faces: { embedding: number[] }[] }>(['embed', path('ada.jpg')]);
    expect(json.faces).toHaveLength(1);
    expect(Math.hypot(...json.faces[0]!.embedding)).toBeCloseTo(1, 4);
  });

  test('compare decides without a gallery', async () => {
    expect(await kithJson(['compare', path('ada.jpg'), path('ada-2.jpg')])).toMatchObject({
      code: 0,
      json: { accepted: true },
    });
    const no = await kith(['compare', path('ada.jpg'), path('grace.jpg')]);
    expect(no.code).toBe(1);
    expect(no.stdout).toMatch(/^no: .+\ndistance .+ > threshold .+ \(FMR 0\.001\), probability .+\n$/);
    expect(await kith(['compare', path('ada.jpg'), path('pair.png')])).toMatchObject({ code: 3 });
  });
});

describe('calls that cannot be meant', () => {
  test.each([
    [[]],
    [['frobnicate']],
    [['serve']],
    [['list', '--frobnicate']],
    [['verify', 'ada']],
    [['enroll', 'ada']],
    [['enroll', '--from', scratch, 'ada']],
    [['align', 'photo.jpg']],
    [['identify', 'photo.jpg', '--top', '0']],
    [['verify', 'ada', 'photo.jpg', '--fmr', '1.5']],
    [['detect', 'photo.jpg', '--max-pixels', 'many']],
  ])('kith %j: 2', async (args) => {
    const run = await kith(args);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).not.toBe('');
  });

  test('with --json the error is one line of JSON', async () => {
    const run = await kith(['list', '--frobnicate', '--json']);
    expect(run.stderr).toMatch(/^\{"code":"USAGE","message":".+"\}\n$/);
  });

  test('an empty name: 2, at once and with no gallery made', async () => {
    const options = { env: { KITH_RUNTIME: 'none' } };
    const run = await kith(['enroll', '', path('nobody.png'), '--gallery', path('unnamed'), '--json'], options);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(JSON.parse(run.stderr)).toMatchObject({ code: 'SUBJECT_INVALID' });
    expect(existsSync(path('unnamed'))).toBe(false);
  });

  test('an unknown model: 2; a missing gallery: 4', async () => {
    expect(await kith(['detect', path('ada.jpg'), '--model', 'none'])).toMatchObject({ code: 2 });
    for (const args of [['list'], ['show', 'ada'], ['remove', 'ada'], ['export', path('none.kith')]]) {
      expect(await kith([...args, '--gallery', path('none')])).toMatchObject({ code: 4, stdout: '' });
    }
  });
});

test('--help of every command shows an example, and --version a version', async () => {
  const [help, version] = [await kith(['--help']), await kith(['--version'])];
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  for (const command of createProgram().commands) {
    let shown = '';
    command
      .configureOutput({
        writeOut: (text) => {
          shown += text;
        },
      })
      .outputHelp();
    expect(help.stdout).toContain(`\n  ${command.name()} `);
    expect(shown).toContain(`  kith ${command.name()}`);
    expect(shown).toContain('--gallery <dir>');
  }
});

describe('enroll --from', () => {
  const people = path('people');
  const from = (dir: string) => ['enroll', '--from', people, '--gallery', path(dir)];

  beforeAll(async () => {
    await writeManyPhotos(people, { subjects: 6, each: 4, drawn: 3 });
    writeFileSync(join(people, 'subject-000', 'broken.jpg'), 'no photo');
    writeFileSync(join(people, 'readme.txt'), 'beside the folders');
    mkdirSync(join(people, 'subject-001', 'deeper'));
  });

  test('a verdict per file; a broken one stops no other and makes the code 3', async () => {
    const run = await kith([...from('batch'), '--json']);
    expect(run.code).toBe(3);
    const { files } = JSON.parse(run.stdout) as { files: (FileVerdict & { subject: string })[] };
    expect(files).toHaveLength(25);
    expect(files.filter(({ status }) => status === 'enrolled')).toHaveLength(24);
    expect(files.find(({ file }) => file === 'broken.jpg')).toEqual({
      subject: 'subject-000',
      file: 'broken.jpg',
      status: 'refused',
      code: 'IMAGE_UNREADABLE',
    });
    rmSync(join(people, 'subject-000', 'broken.jpg'));
    // everything known is known by its bytes: no network is needed to say so
    const again = await kith(from('batch'), { env: { KITH_RUNTIME: 'none' } });
    expect(again.code).toBe(0);
    expect(again.stdout.match(/^unchanged/gm)).toHaveLength(24);
    expect(again.stderr).toContain('readme.txt');
  });

  test('Ctrl-C finishes the file at hand, ends with 130, and the next run goes on from there', async () => {
    const child = startKith(from('stopped'));
    let printed = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      if (printed === '') child.kill('SIGINT');
      printed += text;
    });
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(130);
    const told = printed.match(/^enrolled/gm)?.length ?? 0;
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(24);
    const { json } = await kithJson<{ subjects: { faces: number }[] }>(['list', '--gallery', path('stopped')]);
    expect(json.subjects.reduce((sum, { faces }) => sum + faces, 0)).toBe(told);
    const rest = await kith(from('stopped'));
    expect(rest.stdout.match(/^unchanged/gm)).toHaveLength(told);
    expect(rest.stdout.match(/^enrolled/gm)).toHaveLength(24 - told);
  });

  test('a reader that goes away stops no work', async () => {
    const child = startKith(from('deaf'));
    child.stdout!.destroy();
    child.stderr!.resume();
    await once(child, 'close');
    expect(child.exitCode).toBe(0);
    const { json } = await kithJson<{ subjects: unknown[] }>(['list', '--gallery', path('deaf')]);
    expect(json.subjects).toHaveLength(6);
  });
});
