import { type AlignedFace, createImage, identityAffine, l2Normalize } from '@kith/core';
import type { Batch, Session } from '@kith/network';
import { describe, expect, test } from 'vitest';
import { facenetEmbedder, facenetPreprocessing } from './facenet-embedder.ts';

const space = { model: 'm', preprocessing: 'p', dimension: 512 };
const pixels = 160 * 160 * 3;

/** A face with one red px at the left end of its first row. */
function faceOf(red: number, sizePx = 160): AlignedFace {
  const image = createImage({ width: sizePx, height: sizePx });
  image.data[0] = red;
  return { image, toImage: identityAffine };
}

/** A network whose first number is the first px it saw, the second the last of the first row, the third 1. */
function fake(batches: Batch[], length = 512): Session {
  return {
    input: [160, 160, 3],
    outputs: [{ name: 'embedding', shape: [length] }],
    async run(batch) {
      batches.push(batch);
      const out = new Float32Array(batch.count * 512);
      for (let i = 0; i < batch.count; i++) {
        out.set([batch.data[i * pixels]!, batch.data[i * pixels + 159 * 3]!, 1], i * 512);
      }
      return [out];
    },
    async dispose() {},
  };
}

describe('facenetEmbedder', () => {
  test('sums a face and its mirror image, all faces in one batch', async () => {
    const batches: Batch[] = [];
    const embeddings = await facenetEmbedder(fake(batches), { space }).embed([faceOf(3), faceOf(5)]);
    expect(batches.map(({ count }) => count)).toEqual([4]);
    for (const [i, red] of [3, 5].entries()) {
      expect([...embeddings[i]!.subarray(0, 3)]).toEqual([...l2Normalize([red, red, 2])]);
    }
  });

  test('runs a crowd in several batches, each face with its own answer', async () => {
    const batches: Batch[] = [];
    const reds = Array.from({ length: 70 }, (_, i) => i + 1);
    const embeddings = await facenetEmbedder(fake(batches), { space }).embed(reds.map((red) => faceOf(red)));
    expect(batches.map(({ count }) => count)).toEqual([64, 64, 12]);
    for (const [i, red] of reds.entries()) {
      expect([...embeddings[i]!.subarray(0, 3)]).toEqual([...l2Normalize([red, red, 2])]);
    }
  });

  test('looks once where only the whole is asked for', async () => {
    const batches: Batch[] = [];
    const [embedding] = await facenetEmbedder(fake(batches), { space, views: ['whole'] }).embed([faceOf(3)]);
    expect(batches.map(({ count }) => count)).toEqual([1]);
    expect([...embedding!.subarray(0, 3)]).toEqual([...l2Normalize([3, 0, 1])]);
  });

  test('refuses faces of another size, no view, and sessions of another network', async () => {
    const usage = expect.objectContaining({ code: 'USAGE' });
    await expect(facenetEmbedder(fake([]), { space }).embed([faceOf(1, 150)])).rejects.toEqual(usage);
    expect(() => facenetEmbedder(fake([]), { space, views: [] })).toThrow(usage);
    expect(() => facenetEmbedder(fake([], 128), { space })).toThrow(
      expect.objectContaining({ code: 'MODEL_UNSUPPORTED', message: expect.stringContaining('160×160×3 to 512') }),
    );
  });

  test('names its views for the embedding space', () => {
    expect(facenetPreprocessing()).toBe('whole+wholeMirrored');
    expect(facenetPreprocessing(['whole'])).toBe('whole');
  });
});
