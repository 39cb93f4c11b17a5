import { type AlignedFace, createImage, createRandom, identityAffine, l2Normalize, randomInteger } from '@kith/core';
import { dense, initialWeights, l2Normalize as lengthOne, network, normalize, type Runtime } from '@kith/network';
import { localRuntime } from '@kith/network/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { networkEmbedder } from './network-embedder.ts';
import { type FaceView, lookAt } from './views.ts';

const [height, width, dimension] = [4, 6, 5];
const mean = [120, 110, 100];

/** A table as ours are: RGB 0–255 in, scaled by its own first row. */
const table = network('tiny', { input: [height, width, 3] }, [
  normalize('scaled', { mean, deviation: 64 }),
  dense('fc', dimension),
  lengthOne('embedding'),
]);
const weights = initialWeights(table, { seed: 4 });
const space = { model: 'tiny', preprocessing: 'none', dimension };

let runtime: Runtime;
beforeAll(async () => {
  runtime = await localRuntime('onnxruntime');
});
afterAll(() => runtime.dispose());

function faceOf(seed: number): AlignedFace {
  const random = createRandom(seed);
  const image = createImage({ width, height });
  image.data.forEach((_, k) => {
    image.data[k] = randomInteger(random, 256);
  });
  return { image, toImage: identityAffine };
}

/** The table in loops. */
function embedded(pixels: Uint8Array): Float32Array {
  const kernel = weights.get('fc/kernel')!.data;
  const bias = weights.get('fc/bias')!.data;
  const values = Float64Array.from({ length: dimension }, (_, unit) =>
    pixels.reduce((sum, value, k) => sum + ((value - mean[k % 3]!) / 64) * kernel[k * dimension + unit]!, bias[unit]!),
  );
  return l2Normalize(values);
}

test.each<{ views?: readonly FaceView[] }>([
  {},
  { views: ['whole', 'wholeMirrored'] },
  { views: ['closer', 'closerMirrored', 'whole'] },
])('runs a table of ours, bytes in, unit vectors out: %o', async (options) => {
  const faces = [1, 2, 3].map(faceOf);
  const embedder = networkEmbedder(await runtime.load({ network: table, weights }), {
    network: table,
    space,
    ...options,
  });
  const embeddings = await embedder.embed(faces);
  expect(embeddings).toHaveLength(3);
  for (const [i, { image }] of faces.entries()) {
    const looks = (options.views ?? ['whole']).map((view) => embedded(lookAt(image, view).data));
    const expected = l2Normalize(looks[0]!.map((_, k) => looks.reduce((sum, look) => sum + look[k]!, 0)));
    expected.forEach((value, k) => {
      expect(embeddings[i]![k]).toBeCloseTo(value, 5);
    });
  }
});

test('a mirrored face is the same face to an embedder of both sides', async () => {
  const embedder = networkEmbedder(await runtime.load({ network: table, weights }), {
    network: table,
    space,
    views: ['whole', 'wholeMirrored'],
  });
  const face = faceOf(7);
  const mirrored = { ...face, image: lookAt(face.image, 'wholeMirrored') };
  const [one, other] = await embedder.embed([face, mirrored]);
  one!.forEach((value, k) => {
    expect(other![k]).toBeCloseTo(value, 6);
  });
});

test('refuses a space of another dimension, faces of another size, and a table that takes no RGB', async () => {
  const session = await runtime.load({ network: table, weights });
  const unsupported = expect.objectContaining({ code: 'MODEL_UNSUPPORTED', message: expect.stringContaining('tiny') });
  expect(() => networkEmbedder(session, { network: table, space: { ...space, dimension: 4 } })).toThrow(unsupported);
  const gray = { ...session, input: [height, width, 1] as const };
  expect(() => networkEmbedder(gray, { network: { ...table, input: gray.input }, space })).toThrow(unsupported);
  const turned = { image: createImage({ width: height, height: width }), toImage: identityAffine };
  await expect(networkEmbedder(session, { network: table, space }).embed([turned])).rejects.toMatchObject({
    code: 'USAGE',
    message: 'tiny takes faces of 6 × 4 px, got 4 × 6.',
  });
});
