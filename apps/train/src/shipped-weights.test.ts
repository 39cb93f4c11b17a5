import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dense, initialWeights, l2Normalize, network, type Weights } from '@kith/network';
import { writeWeights } from '@kith/network/weights';
import { afterAll, expect, test } from 'vitest';
import { recipeOf } from './recipes/index.ts';
import { shippedWeights } from './shipped-weights.ts';

const assets = mkdtempSync(join(tmpdir(), 'kith-assets-'));
afterAll(() => rmSync(assets, { recursive: true }));

const tiny = network('tiny', { input: [4] }, [dense('fc', 3), l2Normalize('embedding')]);
const recipe = (name: string) => ({ name, network: tiny, start: 'anew' as const });

const put = (name: string, weights: Weights) =>
  writeWeights(join(assets, `${name}.safetensors`), weights, {
    manifest: { network: 'tiny', licence: 'MIT', provenance: { from: 'a test', date: '2026-11-24' } },
  });

test('weights that lie among the assets are read', async () => {
  const weights = initialWeights(tiny, { seed: 2 });
  await put('fits', weights);
  expect(await shippedWeights(recipe('fits'), { assets })).toEqual(weights);
});

test('where none lie there are none', async () => {
  expect(await shippedWeights(recipe('none'), { assets })).toBeUndefined();
});

test('weights that do not fit, or are damaged, are refused', async () => {
  await put('other', new Map([['fc/kernel', { shape: [1], data: Float32Array.of(1) }]]));
  await expect(shippedWeights(recipe('other'), { assets })).rejects.toMatchObject({ code: 'WEIGHTS_MISMATCH' });
  await put('damaged', initialWeights(tiny, { seed: 2 }));
  writeFileSync(join(assets, 'damaged.safetensors'), 'damaged');
  await expect(shippedWeights(recipe('damaged'), { assets })).rejects.toMatchObject({ code: 'WEIGHTS_CHECKSUM' });
});

test('dlib’s weights always come with kith', async () => {
  const weights = await shippedWeights(recipeOf('kith-resnet'), { assets });
  expect(weights!.size).toBeGreaterThan(50);
});
