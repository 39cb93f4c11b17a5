import { type AlignedFace, createImage, identityAffine, l2Normalize } from '@kith/core';
import type { Batch, Session } from '@kith/network';
import { describe, expect, test } from 'vitest';
import { dlibEmbedder, dlibPreprocessing } from './dlib-embedder.ts';

const space = { model: 'm', preprocessing: 'p', dimension: 128 };

function faceOf(width: number, fill: readonly [number, number, number]): AlignedFace {
  return { image: createImage({ width, height: width }, { fill }), toImage: identityAffine };
}

/** A recogniser whose numbers tell the place in the batch and the first px that it saw, at the left. */
function fake(batches: Batch[], input: Session['input'] = [150, 150, 3]): Session {
  return {
    input,
    outputs: [{ name: 'fc', shape: [128] }],
    async run(batch) {
      batches.push(batch);
      const out = new Float32Array(batch.count * 128);
      for (let i = 0; i < batch.count; i++) {
        out[i * 128] = batch.data[i * 150 * 150 * 3]!;
        out[i * 128 + 1] = i;
      }
      return [out];
    },
    async dispose() {},
  };
}

describe('dlibEmbedder', () => {
  test('runs all faces and views in one batch and sums the views of each face', async () => {
    const batches: Batch[] = [];
    const embedder = dlibEmbedder(fake(batches), { space, views: ['whole', 'wholeMirrored'] });
    const embeddings = await embedder.embed([faceOf(150, [10, 0, 0]), faceOf(150, [30, 0, 0])]);
    expect(batches.map(({ count }) => count)).toEqual([4]);
    const expected = [
      [20, 0 + 1],
      [60, 2 + 3],
    ].map((values) => l2Normalize(values));
    embeddings.forEach((embedding, i) => {
      expect(embedding[0]).toBeCloseTo(expected[i]![0]!, 6);
      expect(embedding[1]).toBeCloseTo(expected[i]![1]!, 6);
    });
  });

  test('mirrors the mirrored view', async () => {
    const batches: Batch[] = [];
    const face = faceOf(150, [0, 0, 0]);
    // red at the right end of the first row
    face.image.data[149 * 3] = 200;
    await dlibEmbedder(fake(batches), { space, views: ['whole', 'wholeMirrored'] }).embed([face]);
    expect([batches[0]!.data[0], batches[0]!.data[150 * 150 * 3]]).toEqual([0, 200]);
  });

  test('asks nothing where there is no face', async () => {
    const batches: Batch[] = [];
    expect(await dlibEmbedder(fake(batches), { space }).embed([])).toEqual([]);
    expect(batches).toEqual([]);
  });

  test('refuses faces of another size, no view, and sessions of another network', async () => {
    const usage = expect.objectContaining({ code: 'USAGE' });
    await expect(dlibEmbedder(fake([]), { space }).embed([faceOf(112, [0, 0, 0])])).rejects.toEqual(usage);
    expect(() => dlibEmbedder(fake([]), { space, views: [] })).toThrow(usage);
    expect(() => dlibEmbedder(fake([], [112, 112, 3]), { space })).toThrow(
      expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }),
    );
  });

  test('names its views for the embedding space', () => {
    expect(dlibPreprocessing()).toBe('whole+wholeMirrored+closer+closerMirrored, closer 0.92');
  });
});
