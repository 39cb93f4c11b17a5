import {
  type AlignedFace,
  createImage,
  type Embedder,
  type Embedding,
  formatSpace,
  identityAffine,
  l2Normalize,
  squaredL2,
} from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatenateEmbeddings, ensembleEmbedder } from './ensemble.ts';
import { asRows, stackRows } from './metric/rows.ts';
import { fitPrincipalComponents, projectToComponents } from './principal-components.ts';

/** A face as these tests have it: one number. */
type Face = number;

/** Crop to a side of so many px, all of the face's number. */
function cropTo(sidePx: number): (face: Face) => AlignedFace {
  return (face) => ({
    image: createImage({ width: sidePx, height: sidePx }, { fill: [face, face, face] }),
    toImage: identityAffine,
  });
}

const valuesOf = (face: Face, dimension: number) =>
  l2Normalize(Float64Array.from({ length: dimension }, (_, k) => Math.cos(face * (k + 1) + dimension)));

/** An embedder that takes one size of face and tells its number by angles. */
function fake(model: string, dimension: number, sidePx: number, calls: number[] = []): Embedder {
  return {
    space: { model, preprocessing: `crop${sidePx}`, dimension },
    async embed(faces) {
      calls.push(faces.length);
      expect(faces.every(({ image }) => image.width === sidePx)).toBe(true);
      return faces.map(({ image }) => valuesOf(image.data[0]!, dimension));
    },
  };
}

const small = { embedder: fake('small', 3, 4), crop: cropTo(4) };
const large = { embedder: fake('large', 5, 8), crop: cropTo(8) };
const faces: readonly Face[] = [1, 2, 3, 50, 77, 200];

describe('concatenation', () => {
  const unit = (dimension: number) =>
    fc
      .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: dimension, maxLength: dimension })
      .map((values) => l2Normalize(values.with(0, values[0]! + 2)));
  const pair = fc.tuple(unit(3), unit(5));
  const weight = fc.double({ min: 0.01, max: 10, noNaN: true });

  test('has the weighted mean of the squared distances', () => {
    fc.assert(
      fc.property(pair, pair, fc.tuple(weight, weight), (one, other, weights) => {
        const whole = squaredL2(concatenateEmbeddings(one, weights), concatenateEmbeddings(other, weights));
        const sum = one.reduce((total, part, m) => total + weights[m]! * squaredL2(part, other[m]!), 0);
        expect(whole).toBeCloseTo(sum / (weights[0] + weights[1]), 5);
      }),
    );
  });

  test('refuses weights that are none, and another number of them', () => {
    const embeddings: Embedding[] = [valuesOf(1, 3), valuesOf(1, 5)];
    for (const weights of [[1], [1, 1, 1], [1, 0], [1, -1], [1, Number.NaN], [Number.POSITIVE_INFINITY, 1]]) {
      expect(() => concatenateEmbeddings(embeddings, weights)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    }
  });
});

describe('ensembleEmbedder', () => {
  test('crops each face for each member, asks each once, and joins what they say of one face', async () => {
    const calls: number[] = [];
    const counted = { ...small, embedder: fake('small', 3, 4, calls), weight: 2 };
    const embeddings = await ensembleEmbedder([counted, large]).embed(faces);
    expect(calls).toEqual([faces.length]);
    expect(embeddings).toEqual(
      faces.map((face) => concatenateEmbeddings([valuesOf(face, 3), valuesOf(face, 5)], [2, 1])),
    );
  });

  test('of one embedder is that embedder', async () => {
    const alone = ensembleEmbedder([large]);
    expect(alone.space).toEqual(large.embedder.space);
    for (const [i, embedding] of (await alone.embed(faces)).entries()) {
      expect(squaredL2(embedding, valuesOf(faces[i]!, 5))).toBeLessThan(1e-12);
    }
  });

  test('projects the concatenation, to length 1', async () => {
    const whole = await ensembleEmbedder([small, large]).embed(faces);
    const projection = fitPrincipalComponents(stackRows(whole), { dimension: 2 });
    const embeddings = await ensembleEmbedder([small, large], { projection }).embed(faces);
    expect(embeddings).toEqual(whole.map((embedding) => l2Normalize(projectToComponents(embedding, projection))));
  });

  test('names the spaces of all, in order, their shares and the projection', () => {
    const fit = (dimension: number, more = 0) =>
      fitPrincipalComponents(
        asRows(
          Float64Array.from({ length: 80 }, (_, k) => Math.sin(k * k) + more),
          8,
        ),
        { dimension },
      );
    const spaces = [
      ensembleEmbedder([small, large]),
      ensembleEmbedder([large, small]),
      ensembleEmbedder([{ ...small, weight: 3 }, large]),
      ensembleEmbedder([small, large], { projection: fit(2) }),
      ensembleEmbedder([small, large], { projection: fit(3) }),
      ensembleEmbedder([small, large], { projection: fit(2, 1) }),
      ensembleEmbedder([{ ...small, weight: 3 }, large], { projection: fit(2) }),
    ].map(({ space }) => space);
    expect(new Set(spaces.map(formatSpace)).size).toBe(spaces.length);
    expect(spaces[0]).toEqual({ model: 'small+large', preprocessing: 'crop4+crop8', dimension: 8 });
    expect(spaces[2]!.model).toBe('0.75*small+0.25*large');
    expect(spaces[3]).toMatchObject({ model: expect.stringMatching(/^small\+large:pca-[0-9a-f]{12}$/), dimension: 2 });
    const scaled = ensembleEmbedder([
      { ...small, weight: 6 },
      { ...large, weight: 2 },
    ]);
    expect(scaled.space).toEqual(spaces[2]);
    expect(ensembleEmbedder([small, large], { projection: fit(2) }).space).toEqual(spaces[3]);
  });

  test('refuses no member, a weight that is none, and a projection of other vectors', () => {
    const usage = expect.objectContaining({ code: 'USAGE' });
    expect(() => ensembleEmbedder<Face>([])).toThrow(usage);
    expect(() => ensembleEmbedder([{ ...small, weight: 0 }, large])).toThrow(usage);
    const projection = fitPrincipalComponents(
      stackRows([
        [1, 2],
        [3, 5],
        [4, 4],
      ]),
      { dimension: 1 },
    );
    expect(() => ensembleEmbedder([small, large], { projection })).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_MISMATCH' }),
    );
  });

  test('embeds nobody as nobody', async () => {
    expect(await ensembleEmbedder([small, large]).embed([])).toEqual([]);
  });
});
