import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { syntheticPhoto } from '../datasets/synthetic-face.ts';
import { kith, kithJson } from './support/kith-process.ts';

const scratch = mkdtempSync(join(tmpdir(), 'kith-models-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Entry {
  readonly name: string;
  readonly available: boolean;
  readonly default: boolean;
  readonly dimension: number;
}

describe('kith models', () => {
  test('lists the models, of which one is the default and comes with kith', async () => {
    const { code, json } = await kithJson<{ models: Entry[] }>(['models']);
    expect(code).toBe(0);
    expect(json.models.map(({ name, dimension }) => [name, dimension])).toEqual([
      ['dlib-resnet', 128],
      ['dlib-resnet-int8', 128],
      ['facenet-inception-resnet-v1', 512],
      ['kith-small', 128],
      ['kith-inception', 128],
      ['kith-resnet', 128],
      ['triplet-scratch', 128],
    ]);
    expect(json.models.filter((model) => model.default)).toMatchObject([{ available: true, parameters: 5_614_592 }]);
  });

  test('sets them in a table that fits a terminal of 100 letters, with their figures', async () => {
    const { stdout } = await kith(['models']);
    expect(stdout).toMatch(/^model .*MACs\ndlib-resnet .*CC0-1.0/);
    expect(stdout).toMatch(
      /\ndlib-resnet-int8 .* default {2}0\.9932 ± 0\.0010 {2}0\.9803 {2}1\.45 .* 5\.61 M +271 M\n/,
    );
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('tells what is known of one, as the list has it', async () => {
    const { json } = await kithJson<{ models: Entry[] }>(['models']);
    const one = await kithJson<Entry>(['models', 'dlib-resnet-int8']);
    expect(one.json).toEqual(json.models.find(({ name }) => name === 'dlib-resnet-int8'));
    const { stdout } = await kith(['models', 'dlib-resnet-int8']);
    expect(stdout).toMatch(/\naccuracy, LFW View 2 +0\.9932 ± 0\.0010\n/);
    expect(stdout).toMatch(/\nmultiply-adds a run +270,854,144\n/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(await kith(['models', 'none'])).toMatchObject({ code: 2, stdout: '' });
  });

  test('a model whose weights are not there says where they are looked for', async () => {
    writeFileSync(join(scratch, 'face.jpg'), await syntheticPhoto({ identity: 1 }));
    const env = { KITH_WEIGHTS: join(scratch, 'nowhere') };
    const { json } = await kithJson<{ models: Entry[] }>(['models'], { env });
    const missing = json.models.filter(({ available }) => !available).map(({ name }) => name);
    expect(missing).toEqual(['facenet-inception-resnet-v1']);
    const asked = ['embed', join(scratch, 'face.jpg'), '--model', 'facenet-inception-resnet-v1'];
    const { code, stderr } = await kith(asked, { env });
    expect(code).toBe(70);
    expect(stderr).toContain(join(scratch, 'nowhere'));
    expect(stderr).toContain('WEIGHTS_CHECKSUM');
  });
});
