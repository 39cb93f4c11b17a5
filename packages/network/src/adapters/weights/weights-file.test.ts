import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { conv } from '../../layers.ts';
import { network } from '../../network.ts';
import { assertWeightsFit, initialWeights } from '../../weights.ts';
import { manifestPath, readWeights, writeWeights } from './weights-file.ts';

const net = network('two', { input: [4, 4, 1] }, [conv('one', 2, { kernel: 3 }), conv('other', 1, { kernel: 1 })]);
const weights = initialWeights(net);
const manifest = {
  network: 'two',
  licence: 'MIT',
  provenance: { from: 'a test', data: 'none', date: '2024-01-02', command: 'vitest' },
};

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-weights-'));
  path = join(folder, 'two.safetensors');
});
afterEach(() => rm(folder, { recursive: true }));

test('what is written is read again, with its manifest, and nothing else lies there', async () => {
  const written = await writeWeights(path, weights, { manifest });
  const read = await readWeights(path);
  expect(read.weights).toEqual(weights);
  expect(read.manifest).toEqual(written);
  expect((await readdir(folder)).sort()).toEqual(['two.safetensors', 'two.safetensors.json']);
  const bytes = await readFile(path);
  expect(written).toEqual({
    ...manifest,
    format: 1,
    file: 'two.safetensors',
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
});

test('new weights take the place of old ones', async () => {
  await writeWeights(path, weights, { manifest });
  const others = initialWeights(net, { seed: 2 });
  await writeWeights(path, others, { manifest });
  expect((await readWeights(path)).weights).toEqual(others);
});

test('in half precision the file is half as long, and what is read is within a thousandth of what was written', async () => {
  const single = await writeWeights(path, weights, { manifest });
  const half = await writeWeights(path, weights, { manifest, precision: 'half' });
  const read = (await readWeights(path)).weights;
  const numbers = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  expect(single.bytes - half.bytes).toBe(2 * numbers);
  for (const [name, { shape, data }] of weights) {
    expect(read.get(name)!.shape).toEqual(shape);
    expect(
      [...read.get(name)!.data].every((value, i) => Math.abs(value - data[i]!) <= 2 ** -11 * Math.abs(data[i]!)),
    ).toBe(true);
  }
});

test('a write that fails leaves the old files and nothing besides', async () => {
  await writeWeights(path, weights, { manifest });
  const before = await readFile(path);
  const cyclic: { from: string; date: string; self?: unknown } = { from: 'a test', date: '2024-01-02' };
  cyclic.self = cyclic;
  await expect(writeWeights(path, new Map(), { manifest: { ...manifest, provenance: cyclic } })).rejects.toThrow();
  await expect(writeWeights(join(folder, 'none', 'two.safetensors'), weights, { manifest })).rejects.toThrow();
  expect(await readFile(path)).toEqual(before);
  expect(await readdir(folder)).toHaveLength(2);
});

test('a file cut short or altered is told with both checksums', async () => {
  const { sha256 } = await writeWeights(path, weights, { manifest });
  const whole = await readFile(path);
  for (const damage of [
    () => truncate(path, whole.length - 4),
    () =>
      writeFile(
        path,
        whole.map((byte, i) => (i === whole.length - 1 ? byte ^ 1 : byte)),
      ),
  ]) {
    await damage();
    const got = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    const error = await readWeights(path).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'WEIGHTS_CHECKSUM' });
    for (const part of [path, sha256, got]) expect((error as Error).message).toContain(part);
  }
});

test('a missing part is named', async () => {
  const missing = (part: string) => ({ code: 'FILE_NOT_FOUND', message: expect.stringContaining(part) });
  await expect(readWeights(path)).rejects.toMatchObject(missing('two.safetensors.json'));
  await writeWeights(path, weights, { manifest });
  await rm(path);
  await expect(readWeights(path)).rejects.toMatchObject(missing('two.safetensors'));
});

test.each([
  ['is no JSON', () => '{', 'is not JSON'],
  ['is of a later version', (fields: object) => JSON.stringify({ ...fields, format: 2 }), 'version 2, expected 1'],
  ['lacks its licence', (fields: object) => JSON.stringify({ ...fields, licence: undefined }), 'does not say licence'],
  ['lacks its origin', (fields: object) => JSON.stringify({ ...fields, provenance: {} }), 'does not say from'],
  ['has no checksum', (fields: object) => JSON.stringify({ ...fields, sha256: 'x' }), 'sha256'],
  ['is null', () => 'null', 'version undefined'],
])('a manifest that %s is refused', async (_, change, message) => {
  const written = await writeWeights(path, weights, { manifest });
  await writeFile(manifestPath(path), change(written));
  await expect(readWeights(path)).rejects.toMatchObject({
    code: 'WEIGHTS_MALFORMED',
    message: expect.stringContaining(message),
  });
});

test('a manifest of another network is refused', async () => {
  const written = await writeWeights(path, weights, { manifest });
  await writeFile(manifestPath(path), JSON.stringify({ ...written, network: 'three' }));
  await expect(readWeights(path)).rejects.toMatchObject({ code: 'WEIGHTS_MISMATCH' });
});

test('weights that are not finite come back as they are, for the load to refuse', async () => {
  const broken = new Map(weights).set('one/bias', { shape: [2], data: Float32Array.of(0, Number.NaN) });
  await writeWeights(path, broken, { manifest });
  const read = await readWeights(path);
  expect(() => assertWeightsFit(net, read.weights)).toThrow(expect.objectContaining({ code: 'WEIGHTS_NOT_FINITE' }));
});

test('a file of another name is refused', async () => {
  const usage = { code: 'USAGE' };
  await expect(writeWeights(join(folder, 'two.bin'), weights, { manifest })).rejects.toMatchObject(usage);
  await expect(readWeights(join(folder, 'two.bin'))).rejects.toMatchObject(usage);
});

test('a manifest that lacks a field, and a folder that is not there, are refused before anything is written', async () => {
  await expect(writeWeights(path, weights, { manifest: { network: 'two' } as never })).rejects.toMatchObject({
    code: 'WEIGHTS_MALFORMED',
  });
  expect(await readdir(folder)).toEqual([]);
  await expect(writeWeights(join(folder, 'no', 'two.safetensors'), weights, { manifest })).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
});
