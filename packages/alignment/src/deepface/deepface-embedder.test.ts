import { type AlignedFace, createImage, identityAffine } from '@kith/core';
import { elementsOf, layOut, type Session } from '@kith/network';
import { describe, expect, test } from 'vitest';
import { deepface } from '../networks/deepface.ts';
import { deepfaceEmbedder, deepfaceFeaturesOf } from './deepface-embedder.ts';

const space = { model: 'm', preprocessing: 'p', dimension: 3 };
const maxima = Float32Array.of(1, 0.5, 1);

function faceOf(width: number, fill: readonly [number, number, number]): AlignedFace {
  return { image: createImage({ width, height: width }, { fill }), toImage: identityAffine };
}

/** A net whose features are the first px. */
const session: Session = {
  input: [8, 8, 3],
  outputs: [{ name: 'F7', shape: [3] }],
  async run({ count, data }) {
    const rows = Array.from({ length: count }, (_, i) => [...data.subarray(i * 192, i * 192 + 3)]);
    return [Float32Array.from(rows.flat())];
  },
  async dispose() {},
};

describe('deepfaceEmbedder', () => {
  test('gives pixels in [0, 1], divides by maxima and scales to length 1', async () => {
    const embeddings = await deepfaceEmbedder(session, { space, maxima }).embed([
      faceOf(8, [51, 51, 51]),
      faceOf(8, [0, 0, 255]),
    ]);
    const expected = [[0.2, 0.4, 0.2].map((value) => value / Math.sqrt(0.24)), [0, 0, 1]];
    expected.flat().forEach((value, i) => {
      expect(embeddings[Math.floor(i / 3)]![i % 3]).toBeCloseTo(value, 6);
    });
  });

  test.each([
    ['a face of another size', faceOf(9, [1, 1, 1]), 'USAGE'],
    ['a face that excites nothing', faceOf(8, [0, 0, 0]), 'EMBEDDING_ZERO'],
  ])('refuses %s', async (_, face, code) => {
    await expect(deepfaceEmbedder(session, { space, maxima }).embed([face])).rejects.toMatchObject({ code });
  });

  test('refuses a net of other features', () => {
    const make = () => deepfaceEmbedder(session, { space, maxima: new Float32Array(4) });
    expect(make).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }));
  });
});

test('deepfaceFeaturesOf ends with what F7 passes on, 4,096 features that are not negative', () => {
  const last = layOut(deepfaceFeaturesOf(deepface)).nodes.at(-1)!;
  expect(last.name).toBe('F7/relu');
  expect(elementsOf(last.shape)).toBe(4096);
});
