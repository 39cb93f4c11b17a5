import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodePhoto, syntheticFace, syntheticGroup, syntheticPhoto } from '../datasets/synthetic-face.ts';
import { kith, kithJson } from './support/kith-process.ts';

interface Alignment {
  readonly box: { readonly xMin: number; readonly yMin: number; readonly xMax: number; readonly yMax: number };
  readonly pose: { readonly yaw: number; readonly pitch: number; readonly roll: number };
  readonly way: string;
  readonly reason: string | null;
}

const scratch = mkdtempSync(join(tmpdir(), 'kith-align-'));
const path = (name: string) => join(scratch, name);
const pngSize = async (name: string) => {
  const { format, width, height } = await sharp(readFileSync(path(name))).metadata();
  return { format, width, height };
};
/** Of the figure of eight panels. */
const figure = { format: 'png', width: 1346, height: 864 };
const steps = (photo: string, out: string, ...more: string[]) =>
  kithJson<Alignment>(['align', path(photo), '--steps', '--out', path(out), ...more]);

beforeAll(async () => {
  writeFileSync(
    path('turned.jpg'),
    await syntheticPhoto({ identity: 11, view: 0, size: 240, overrides: { yawDegrees: 20 } }),
  );
  writeFileSync(
    path('tilted.jpg'),
    await syntheticPhoto({ identity: 11, view: 0, size: 240, overrides: { rollDegrees: 25 } }),
  );
  writeFileSync(
    path('profile.jpg'),
    await syntheticPhoto({ identity: 11, view: 0, size: 240, overrides: { yawDegrees: 60 } }),
  );
  writeFileSync(path('tiny.jpg'), await syntheticPhoto({ identity: 7, view: 0, size: 40 }));
  // the left half of the head is beyond the frame's edge
  const { data, width, height } = syntheticFace({ identity: 7, size: 300 });
  const cut = { left: 115, top: 0, width: width - 115, height };
  writeFileSync(
    path('cut.png'),
    await sharp(data, { raw: { width, height, channels: 3 } })
      .extract(cut)
      .png()
      .toBuffer(),
  );
  const grey = sharp({ create: { width: 200, height: 150, channels: 3, background: '#777' } });
  writeFileSync(path('nobody.png'), await grey.png().toBuffer());
  writeFileSync(path('pair.png'), await encodePhoto(syntheticGroup({ identities: [0, 4] }).image, { format: 'png' }));
  mkdirSync(path('folder'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('what is drawn', () => {
  test('a turned face: the figure, its pose, the frontalized face and the crop', async () => {
    const more = [
      '--frontal',
      path('front.png'),
      '--size',
      '96',
      '--crop',
      path('crop.png'),
      '--yaw',
      '-40',
      '--pitch',
      '10',
    ];
    const { code, json, stderr } = await steps('turned.jpg', 'turned.png', ...more);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(json).toMatchObject({ way: 'frontalized', reason: null, width: 150, height: 150 });
    expect(json.pose.yaw).toBeGreaterThan(10);
    expect(json.pose.yaw).toBeLessThan(35);
    expect(await pngSize('turned.png')).toEqual(figure);
    expect(await pngSize('front.png')).toEqual({ format: 'png', width: 96, height: 96 });
    expect(await pngSize('crop.png')).toEqual({ format: 'png', width: 150, height: 150 });
  });

  test('a tilted face rolls clockwise, and the text says so', async () => {
    const run = await kith(['align', path('tilted.jpg'), '--frontal', path('upright.png')]);
    expect(run.code).toBe(0);
    const [, roll] = run.stdout.match(/^yaw .+°, pitch .+°, roll (\d+)°: frontalized$/m) ?? [];
    expect(Number(roll)).toBeGreaterThan(15);
    expect(Number(roll)).toBeLessThan(35);
    expect(run.stderr).toContain('upright.png');
    expect(await pngSize('upright.png')).toEqual({ format: 'png', width: 152, height: 152 });
  });

  test.each(['profile.jpg', 'tiny.jpg', 'cut.png'])('%s is drawn all the same', async (photo) => {
    const { code, json } = await steps(photo, `${photo}-steps.png`, '--largest');
    expect(code).toBe(0);
    expect(['frontalized', 'similarity']).toContain(json.way);
    expect(json.reason === null).toBe(json.way === 'frontalized');
    expect(await pngSize(`${photo}-steps.png`)).toEqual(figure);
  });
});

describe('what is refused', () => {
  test.each([
    ['nobody.png', 'FACE_NOT_FOUND'],
    ['pair.png', 'FACE_AMBIGUOUS'],
  ])('%s: %s, 3, and no file', async (photo, code) => {
    const run = await kith(['align', path(photo), '--steps', '--out', path('none.png'), '--json']);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(JSON.parse(run.stderr)).toMatchObject({ code });
    expect(existsSync(path('none.png'))).toBe(false);
  });

  test('of several faces --largest takes one', async () => {
    expect(await steps('pair.png', 'pair-steps.png', '--largest')).toMatchObject({ code: 0 });
    expect(await pngSize('pair-steps.png')).toEqual(figure);
  });

  const out = ['--out', path('never.png')];
  test.each([
    [[]],
    [['--steps', '--crop', path('never.png')]],
    [[...out, '--yaw', '10']],
    [[...out, '--steps', '--yaw', '76']],
    [[...out, '--steps', '--pitch', 'up']],
    [[...out, '--size', '96']],
    [['--frontal', path('never.png'), '--size', '1e3']],
    [['--frontal', path('never.png'), '--crop', `${scratch}/./never.png`]],
    [['--crop', path('turned.jpg')]],
    [['--out', path('folder')]],
  ])('%j: 2', async (args) => {
    const before = readFileSync(path('turned.jpg'));
    const run = await kith(['align', path('turned.jpg'), ...args, '--json']);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(JSON.parse(run.stderr)).toMatchObject({ code: 'USAGE' });
    expect(existsSync(path('never.png'))).toBe(false);
    expect(readFileSync(path('turned.jpg'))).toEqual(before);
  });
});
