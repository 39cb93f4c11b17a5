import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AlignedFace, squaredL2 } from '@kith/core';
import type { Runtime } from '@kith/network';
import { localRuntime } from '@kith/network/runtime';
import type { WeightsManifest } from '@kith/network/weights';
import { afterAll, expect, test } from 'vitest';
import { syntheticFace } from '../../../../datasets/synthetic-face.ts';
import { dlibResnet } from './dlib-resnet.ts';
import { dlibResnetInt8, readDlibInt8 } from './dlib-resnet-int8.ts';

const shipped = new URL('../../assets/dlib-resnet-int8.onnx', import.meta.url);
const scratch = mkdtempSync(join(tmpdir(), 'kith-int8-'));
const runtimes: Runtime[] = [];

afterAll(async () => {
  rmSync(scratch, { recursive: true });
  await Promise.all(runtimes.map((runtime) => runtime.dispose()));
});

async function open(name: Runtime['name']): Promise<Runtime> {
  const runtime = await localRuntime(name);
  runtimes.push(runtime);
  return runtime;
}

test('the file that comes with kith is the one its manifest tells of', async () => {
  const manifest = JSON.parse(readFileSync(new URL(`${shipped}.json`), 'utf8')) as WeightsManifest;
  const { onnx } = await readDlibInt8();
  expect(manifest).toMatchObject({ file: 'dlib-resnet-int8.onnx', bytes: onnx.length, network: 'dlib-resnet29' });
  expect(dlibResnetInt8.space.model).toBe(`dlib-resnet-int8-${manifest.sha256.slice(0, 12)}`);
});

test('a file with one bit altered is refused, as are one cut short and none', async () => {
  const bytes = readFileSync(shipped);
  const [altered, short] = [join(scratch, 'altered.onnx'), join(scratch, 'short.onnx')];
  writeFileSync(short, bytes.subarray(0, -1));
  bytes[3_000_000]! ^= 1;
  writeFileSync(altered, bytes);
  for (const file of [altered, short, join(scratch, 'none.onnx')]) {
    await expect(readDlibInt8({ file })).rejects.toMatchObject({
      code: 'WEIGHTS_CHECKSUM',
      message: expect.stringContaining(file),
    });
  }
});

test('its space is its own, though faces are brought before it as before the floats', () => {
  expect(dlibResnetInt8.space).toMatchObject({ preprocessing: dlibResnet.space.preprocessing, dimension: 128 });
  expect(dlibResnetInt8.space.model).not.toBe(dlibResnet.space.model);
});

/** Drawn faces, large in the frame as aligned ones are. */
function faces(): readonly AlignedFace[] {
  const toImage = { a: 1, b: 0, c: 0, d: 0, e: 1, f: 0 };
  return [1, 2, 3, 4].map((identity) => ({ image: syntheticFace({ identity, size: 150 }), toImage }));
}

test.each(['onnxruntime', 'onnxruntime-wasm'] as const)('on %s it embeds nearly as the floats do', async (name) => {
  const runtime = await open(name);
  const floats = await (await dlibResnet.openEmbedder(runtime)).embed(faces());
  const integers = await (await dlibResnetInt8.openEmbedder(runtime)).embed(faces());
  const apart = floats.map((embedding, i) => squaredL2(embedding, integers[i]!));
  const between = floats.slice(1).map((embedding, i) => squaredL2(embedding, floats[i]!));
  expect(Math.max(...apart)).toBeLessThan(Math.min(0.01, ...between.map((distance) => distance / 4)));
  expect(Math.min(...apart)).toBeGreaterThan(0);
});

test('tfjs refuses it and says what runs it', async () => {
  await expect(dlibResnetInt8.openEmbedder(await open('tfjs'))).rejects.toMatchObject({
    code: 'MODEL_UNSUPPORTED',
    message: expect.stringMatching(/tfjs.* got an ONNX file, which onnxruntime and onnxruntime-wasm run/),
  });
});
