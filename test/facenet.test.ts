import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AlignedFace, type Embedder, type Image, identityAffine, squaredL2, warpAffine } from '@kith/core';
import { facenetEmbedder, facenetInceptionResnetV1, facenetWeights, facenetWeightsSha256 } from '@kith/embedding';
import { lfwImagePath, type PairedImage, parseLfwPairs } from '@kith/evaluation';
import { assertWeightsFit, type Runtime } from '@kith/network';
import { onnxRuntimeNode } from '@kith/network/runtime';
import { readNpyFolder } from '@kith/network/weights';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodePhoto } from './support/photos-of-people.ts';

const shared = join(import.meta.dirname, '../../shared');
const weightFolder = join(process.env.KITH_WEIGHTS ?? join(shared, 'weights'), 'facenet-inception-resnet-v1');
const lfw = join(shared, 'datasets/lfw');
const hasAll = existsSync(weightFolder) && existsSync(lfw);

/** Pairs of each kind, from the list that is for developing. */
const perKind = 8;

describe.skipIf(!hasAll)('FaceNet with its real weights (needs ../shared)', () => {
  let runtime: Runtime;
  let embedder: Embedder;
  beforeAll(async () => {
    const weights = facenetWeights(await readNpyFolder(weightFolder, { sha256: facenetWeightsSha256 }));
    assertWeightsFit(facenetInceptionResnetV1, weights);
    runtime = await onnxRuntimeNode();
    const session = await runtime.load({ network: facenetInceptionResnetV1, weights });
    embedder = facenetEmbedder(session, { space: { model: 'm', preprocessing: 'p', dimension: 512 } });
  });
  afterAll(() => runtime?.dispose());

  test('puts photos of one person nearer than any two of other people', async () => {
    const { pairs } = parseLfwPairs(readFileSync(join(lfw, 'pairsDevTrain.txt'), 'utf8'));
    const kinds = [true, false].map((same) => pairs.filter((pair) => pair.same === same).slice(0, perKind));
    const distances = kinds.map((kind) => Promise.all(kind.map(({ one, other }) => distance(one, other))));
    const [genuine, impostor] = await Promise.all(distances);
    expect(Math.max(...genuine!)).toBeLessThan(1.1);
    expect(Math.min(...impostor!)).toBeGreaterThan(1.4);
  });

  async function distance(one: PairedImage, other: PairedImage): Promise<number> {
    const faces = [one, other].map(async (image) =>
      middle(await decodePhoto(join(lfw, 'lfw-deepfunneled', lfwImagePath(image)))),
    );
    const [a, b] = await embedder.embed(await Promise.all(faces));
    return squaredL2(a!, b!);
  }
});

/** The middle of a photo of LFW, where the face is: 128 × 164 px. */
function middle(photo: Image): AlignedFace {
  const [across, down] = [128 / 160, 164 / 160];
  const toImage = { a: across, b: 0, c: 61, d: 0, e: down, f: 36 };
  const image = warpAffine(photo, { ...identityAffine, ...toImage }, { width: 160, height: 160 });
  return { image, toImage };
}
