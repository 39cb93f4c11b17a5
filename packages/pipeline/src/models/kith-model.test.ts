import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dlibChip51, templateToImage } from '@kith/alignment';
import { type AlignedFace, createLandmarks, type Image, identityAffine, squaredL2, warpAffine } from '@kith/core';
import { mirrorImage, networkEmbedder } from '@kith/embedding';
import { initialWeights, type Runtime } from '@kith/network';
import { localRuntime } from '@kith/network/runtime';
import { writeWeights } from '@kith/network/weights';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { syntheticFace } from '../../../../datasets/synthetic-face.ts';
import type { ModelPlan } from './face-model.ts';
import { kithInceptionModel } from './kith-inception.ts';
import type { TrainedWeights } from './kith-model.ts';
import { kithResnetModel } from './kith-resnet.ts';
import { kithSmallModel } from './kith-small.ts';
import { tripletScratchModel } from './triplet-scratch.ts';

let folder: string;
let runtime: Runtime;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kith-model-'));
  runtime = await localRuntime('onnxruntime');
});
afterAll(async () => {
  await runtime.dispose();
  await rm(folder, { recursive: true });
});

type Make = (weights: TrainedWeights) => ModelPlan;

/** A model with weights that nobody trained, in half precision. */
async function planned(make: Make): Promise<{ readonly plan: ModelPlan; readonly file: string }> {
  const { name, network } = make({ sha256: '' });
  const place = await mkdtemp(join(folder, 'weights-'));
  const file = join(place, `${name}.safetensors`);
  const { sha256 } = await writeWeights(file, initialWeights(network), {
    manifest: { network: network.name, licence: 'MIT', provenance: { from: 'a test', date: '2026-11-24' } },
    precision: 'half',
  });
  return { plan: make({ sha256, folder: place }), file };
}

/** Drawn faces as a model takes them. */
function faces({ network }: ModelPlan, identities: readonly number[]): readonly AlignedFace[] {
  const [size = 0] = network.input;
  return identities.map((identity) => ({ image: syntheticFace({ identity, size }), toImage: identityAffine }));
}

/** Landmarks in the mean face's places, turned, on a square of 300 px. */
function turnedLandmarks(scale: number) {
  const points = new Float32Array(136);
  for (const [[number], [x, y]] of dlibChip51({ sizePx: 300, padding: 0.5 }).anchors) {
    const [u, v] = [x - 149.5, y - 149.5];
    points.set([149.5 + scale * (u - 0.2 * v), 149.5 + scale * (v + 0.2 * u)], 2 * number!);
  }
  return createLandmarks('ibug68', points);
}

const models = [
  ['kith-small', kithSmallModel, 64, 0.15],
  ['kith-inception', kithInceptionModel, 96, 0.15],
  ['kith-resnet', kithResnetModel, 150, 0.25],
  ['triplet-scratch', tripletScratchModel, 96, 0.15],
] as const;

describe.each(models)('%s', (name, make, sizePx, padding) => {
  test('embeds the sum of a face and its mirror image, as its network does in single precision', async () => {
    const { plan } = await planned(make);
    expect(plan).toMatchObject({ name, space: { dimension: 128 } });
    expect(plan.network.input).toEqual([sizePx, sizePx, 3]);
    const embedder = await plan.openEmbedder(runtime);
    const shown = faces(plan, [1, 2]);
    const [one, other] = await embedder.embed(shown);
    const mirrored = shown.map((face) => ({ ...face, image: mirrorImage(face.image) }));
    const [twin] = await embedder.embed(mirrored);
    expect(squaredL2(one!, twin!)).toBeLessThan(1e-6);
    expect(squaredL2(one!, other!)).toBeGreaterThan(1e-4);
    const { network, space } = plan;
    const session = await runtime.load({ network, weights: initialWeights(network) });
    const alone = networkEmbedder(session, { network, space, views: ['whole', 'wholeMirrored'] });
    const [float] = await alone.embed(shown);
    expect(1 - squaredL2(one!, float!) / 2).toBeGreaterThan(0.9999);
  });

  test('shows the network what it saw in training: a crop of the chip, with an edge that goes on', () => {
    const photo = syntheticFace({ identity: 3, size: 300 });
    const plan = make({ sha256: '' });
    for (const scale of [0.6, 2]) {
      const landmarks = turnedLandmarks(scale);
      const chip = warpAffine(photo, templateToImage(landmarks, dlibChip51()), {
        ...{ width: 150, height: 150, beyond: 'edge' },
      });
      const taught = cropOfChip(chip, { sizePx, padding });
      const { image } = plan.align(photo, landmarks);
      expect([image.width, image.height]).toEqual([sizePx, sizePx]);
      const apart = image.data.reduce((sum, value, i) => sum + Math.abs(value - taught.data[i]!), 0);
      expect(apart / image.data.length).toBeLessThan(4);
    }
  });
});

/** The middle of a chip that has more room around the face. */
function cropOfChip(chip: Image, { sizePx, padding }: { readonly sizePx: number; readonly padding: number }): Image {
  const scale = (((1 + 2 * padding) / 1.5) * chip.width) / sizePx;
  const offset = (chip.width - 1 - scale * (sizePx - 1)) / 2;
  const toImage = { a: scale, b: 0, c: offset, d: 0, e: scale, f: offset };
  return warpAffine(chip, toImage, { width: sizePx, height: sizePx, beyond: 'edge' });
}

test('other weights are another space, and another crop another preprocessing', () => {
  const [small, other] = [kithSmallModel({ sha256: '1'.repeat(64) }), kithSmallModel({ sha256: '2'.repeat(64) })];
  expect(small.space.model).toBe('kith-small-111111111111');
  expect(other.space).toEqual({ ...small.space, model: 'kith-small-222222222222' });
  expect(kithInceptionModel({ sha256: '' }).space.preprocessing).not.toBe(small.space.preprocessing);
});

test('is available where its weights are', async () => {
  const { plan } = await planned(kithSmallModel);
  expect(await plan.isAvailable()).toBe(true);
  const none = kithSmallModel({ sha256: '0'.repeat(64), folder });
  expect(await none.isAvailable()).toBe(false);
  await expect(none.openEmbedder(runtime)).rejects.toMatchObject({ code: 'WEIGHTS_CHECKSUM' });
});

test('weights that were altered are refused, as are those of another network', async () => {
  const { plan, file } = await planned(kithSmallModel);
  const bytes = await readFile(file);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(file, bytes);
  await expect(plan.openEmbedder(runtime)).rejects.toMatchObject({ code: 'WEIGHTS_CHECKSUM' });
  const { network } = kithInceptionModel({ sha256: '' });
  const { sha256 } = await writeWeights(join(folder, 'kith-small.safetensors'), initialWeights(network), {
    manifest: { network: network.name, licence: 'MIT', provenance: { from: 'a test', date: '2026-11-24' } },
  });
  await expect(kithSmallModel({ sha256, folder }).openEmbedder(runtime)).rejects.toMatchObject({
    code: 'WEIGHTS_MISMATCH',
    message: expect.stringContaining('kith-inception'),
  });
});
