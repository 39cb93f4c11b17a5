import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initialWeights } from '@kith/network';
import { writeWeights } from '@kith/network/weights';
import { findNetwork } from '@kith/pipeline';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { syntheticPhoto } from '../datasets/synthetic-face.ts';
import { kith, kithJson } from './support/kith-process.ts';

const scratch = mkdtempSync(join(tmpdir(), 'kith-networks-'));
const path = (name: string) => join(scratch, name);
afterAll(() => rmSync(scratch, { recursive: true }));

const prototxt = `name: "tiny"
input: "data"
input_shape { dim: 1 dim: 3 dim: 9 dim: 9 }
layer { name: "conv<1>" type: "Convolution" bottom: "data" top: "c" convolution_param { num_output: 4 kernel_size: 3 stride: 2 } }
layer { name: "relu" type: "ReLU" bottom: "c" top: "c" }
layer { name: "fc" type: "InnerProduct" bottom: "c" top: "f" inner_product_param { num_output: 5 } }
`;

beforeAll(async () => {
  writeFileSync(path('face.jpg'), await syntheticPhoto({ identity: 1, size: 120 }));
  writeFileSync(path('tiny.prototxt'), prototxt);
});

interface Counts {
  readonly name: string;
  readonly parameters: number;
  readonly rows: readonly { readonly name: string; readonly output: readonly number[] }[];
}

describe('kith networks', () => {
  test('lists them all, and counts one', async () => {
    const { json } = await kithJson<{ networks: Counts[] }>(['networks']);
    expect(json.networks).toHaveLength(25);
    const one = await kithJson<Counts>(['networks', 'squeezenet-1.1']);
    expect(one).toMatchObject({ code: 0, stderr: '', json: { name: 'squeezenet-1.1', parameters: 1_235_496 } });
    expect(await kith(['networks', 'squeezenet'])).toMatchObject({ code: 2, stdout: '' });
  });

  test('reads a Caffe file like a network of a name, and tells the line of what is wrong in it', async () => {
    const { json } = await kithJson<Counts>(['networks', path('tiny.prototxt')]);
    expect(json).toMatchObject({ name: 'tiny', parameters: 27 * 4 + 4 + 64 * 5 + 5 });
    expect(json.rows.map(({ name, output }) => [name, ...output])).toEqual([
      ['conv<1>', 4, 4, 4],
      ['fc', 1, 1, 5],
    ]);
    const table = await kith(['networks', path('tiny.prototxt')]);
    expect(table.stdout).toMatch(/conv<1> +conv 3×3\/2, 4 +4×4×4 +112/);
    writeFileSync(path('bad.prototxt'), prototxt.replace('"Convolution"', '"Crop"'));
    const bad = await kith(['networks', path('bad.prototxt')]);
    expect(bad).toMatchObject({ code: 2, stdout: '' });
    expect(bad.stderr).toMatch(/Line 4: layer conv<1> is of type Crop.*NETWORK_INVALID/);
    expect(await kith(['networks', path('none.prototxt')])).toMatchObject({ code: 3 });
    expect(await kith(['networks', `${scratch}/.prototxt`])).toMatchObject({ code: 2 });
  });

  test('--svg draws what a reader of pictures can read', async () => {
    for (const name of [path('tiny.prototxt'), 'inception-v4']) {
      const svg = path('net.svg');
      expect(await kith(['networks', name, '--svg', svg])).toMatchObject({ code: 0 });
      const { width, height, format } = await sharp(svg).metadata();
      expect(format).toBe('svg');
      expect(Math.min(width, height)).toBeGreaterThan(100);
    }
    const into = await kith(['networks', 'nin', '--svg', path('no/net.svg')]);
    expect(into).toMatchObject({ code: 2, stdout: '' });
    expect(into.stderr).toContain('ENOENT');
    const over = await kith(['networks', path('tiny.prototxt'), '--svg', path('tiny.prototxt')]);
    expect(over.code).toBe(2);
    expect(readFileSync(path('tiny.prototxt'), 'utf8')).toBe(prototxt);
  });
});

describe('kith networks --visualize', () => {
  interface Shown {
    readonly layer: string;
    readonly units: readonly {
      readonly unit: number;
      readonly activation: number;
      readonly box: { readonly xMax: number };
    }[];
  }

  test('draws the strongest units of a layer, the strongest first', async () => {
    const out = path('units.png');
    const args = ['networks', 'face-api-landmarks', '--visualize', path('face.jpg'), '--layer', 'dense0', '--out', out];
    const { code, json } = await kithJson<Shown>(args);
    expect(code).toBe(0);
    const activations = json.units.map(({ activation }) => activation);
    expect(activations).toHaveLength(9);
    expect(activations).toEqual(activations.toSorted((a, b) => b - a));
    expect(json.units.every(({ box }) => box.xMax <= 112)).toBe(true);
    const { format, width } = await sharp(out).metadata();
    expect([format, width > 1000]).toEqual(['png', true]);
    const one = await kithJson<Shown>([...args, '--unit', `${json.units[3]!.unit}`]);
    expect(one.json.units).toEqual([json.units[3]]);
  });

  test('takes weights from a file, and says so where it has none', async () => {
    const table = findNetwork('mobilefacenet');
    const none = await kith(['networks', 'mobilefacenet', '--visualize', path('face.jpg')]);
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(none.stderr).toMatch(/No weights of mobilefacenet .* --weights/);
    const weights = path('net.safetensors');
    await writeWeights(weights, initialWeights(table), {
      manifest: { network: table.name, licence: 'MIT', provenance: { from: 'a test', date: '2020-01-01' } },
    });
    const args = ['--visualize', path('face.jpg'), '--layer', 'conv1', '--out', path('m.png'), '--weights', weights];
    expect(await kith(['networks', 'mobilefacenet', ...args])).toMatchObject({ code: 0 });
    expect(existsSync(path('m.png'))).toBe(true);
    const wrong = await kith(['networks', 'nn4.small2', ...args, '--weights', weights, '--json']);
    expect(JSON.parse(wrong.stderr)).toMatchObject({ code: 'WEIGHTS_MISMATCH' });
  });

  test.each([
    ['a layer that is not there', ['dlib-resnet29', '--visualize', 'face.jpg', '--layer', 'conv99'], 2],
    [
      'a unit that is not there',
      ['face-api-landmarks', '--visualize', 'face.jpg', '--layer', 'dense0', '--unit', '32'],
      2,
    ],
    ['a unit below 0', ['face-api-landmarks', '--visualize', 'face.jpg', '--unit', '-1'], 2],
    ['no network', ['--visualize', 'face.jpg'], 2],
    ['two pictures', ['nin', '--visualize', 'face.jpg', '--svg', 'a.svg'], 2],
    ['a layer without a photo', ['nin', '--layer', 'conv1'], 2],
    ['a photo that is not there', ['dlib-resnet29', '--visualize', 'none.jpg'], 3],
    ['a drawing over the photo', ['dlib-resnet29', '--visualize', 'face.jpg', '--out', 'face.jpg'], 2],
  ])('refuses %s', async (_, args, code) => {
    const inScratch = args.map((arg) => (/\.(jpg|svg)$/.test(arg) ? path(arg) : arg));
    expect(await kith(['networks', ...inScratch])).toMatchObject({ code, stdout: '' });
  });
});
