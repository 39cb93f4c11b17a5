import { type Affine, createRandom, type Image, identityAffine, randomInteger } from '@kith/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalFrame, frontOf } from './canonical-frame.ts';
import { faceMesh } from './face-mesh.ts';
import { referenceShape } from './reference-shape.ts';
import { paintFace } from './symmetric-blend.ts';

const sizePx = 48;
const frame = canonicalFrame({ sizePx });
const target = frontOf(referenceShape, frame);
const vertexCount = target.length / 2;
const face = { mesh: faceMesh, target, source: target, width: sizePx, height: sizePx };

/** A photo that holds for the frame: left and right alike, or with nothing in common. */
function photo({ isSymmetric, seed = 1 }: { isSymmetric: boolean; seed?: number }): Image {
  const random = createRandom(seed);
  const data = Uint8Array.from({ length: sizePx * sizePx * 3 }, () => randomInteger(random, 256));
  for (let p = 0; isSymmetric && p < sizePx * sizePx; p++) {
    const mirrored = p - (p % sizePx) + sizePx - 1 - (p % sizePx);
    if (mirrored < p) data.copyWithin(3 * p, 3 * mirrored, 3 * mirrored + 3);
  }
  return { width: sizePx, height: sizePx, data };
}

const visibilities = fc
  .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: vertexCount, maxLength: vertexCount })
  .map((values) => Float64Array.from(values));
const sideVisibility = (seen: (x: number) => number) =>
  Float64Array.from({ length: vertexCount }, (_, i) => seen(referenceShape[3 * i]!));
const mirrorOf = (p: number) => p - (p % sizePx) + sizePx - 1 - (p % sizePx);

/** Largest difference in grey levels over pixels of the mesh that pass. */
function differenceOf(one: Image, other: (p: number, channel: number) => number, passes: (p: number) => boolean) {
  let most = 0;
  for (let p = 0; p < sizePx * sizePx; p++) {
    if (!passes(p)) continue;
    for (let c = 0; c < 3; c++) most = Math.max(most, Math.abs(one.data[3 * p + c]! - other(p, c)));
  }
  return most;
}

describe('blending with the other side', () => {
  const inMesh = (() => {
    const { ownSide } = paintFace(photo({ isSymmetric: true }), face);
    return (p: number) => ownSide[p] === 255;
  })();

  test('leaves a symmetric face as it is, whatever is hidden', () => {
    const image = photo({ isSymmetric: true });
    fc.assert(
      fc.property(visibilities, (visibility) => {
        const { image: blended } = paintFace(image, { ...face, visibility });
        expect(differenceOf(blended, (p, c) => image.data[3 * p + c]!, inMesh)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 25 },
    );
  });

  test('mixes own and mirrored pixels by the map that it returns', () => {
    const image = photo({ isSymmetric: false });
    fc.assert(
      fc.property(visibilities, (visibility) => {
        const { image: blended, ownSide } = paintFace(image, { ...face, visibility });
        const expected = (p: number, c: number) => {
          const own = ownSide[p]! / 255;
          return own * image.data[3 * p + c]! + (1 - own) * image.data[3 * mirrorOf(p) + c]!;
        };
        expect(differenceOf(blended, expected, inMesh)).toBeLessThanOrEqual(1.01);
      }),
      { numRuns: 25 },
    );
  });

  test('takes the hidden half from the seen one', () => {
    const image = photo({ isSymmetric: false });
    const visibility = sideVisibility((x) => (x > 0 ? 0 : 1));
    const { image: blended, ownSide } = paintFace(image, { ...face, visibility });
    // triangles that touch the middle line change over
    const isFar = (p: number) => inMesh(p) && (p % sizePx) - (sizePx - 1) / 2 > 13;
    expect(differenceOf(blended, (p, c) => image.data[3 * mirrorOf(p) + c]!, isFar)).toBeLessThanOrEqual(1);
    const isNear = (p: number) => isFar(mirrorOf(p));
    expect(differenceOf(blended, (p, c) => image.data[3 * p + c]!, isNear)).toBe(0);
    expect(ownSide[24 * sizePx + 40]).toBe(0);
  });

  test('keeps the own side where both are hidden', () => {
    const image = photo({ isSymmetric: false });
    const { image: blended } = paintFace(image, { ...face, visibility: new Float64Array(vertexCount) });
    expect(blended).toEqual(paintFace(image, face).image);
  });

  test('fills what lies beyond the photo from the other side, and says how much is inside', () => {
    const whole = photo({ isSymmetric: false });
    const cut = 30;
    const data = new Uint8Array(cut * sizePx * 3);
    for (let y = 0; y < sizePx; y++) {
      data.set(whole.data.subarray(3 * y * sizePx, 3 * (y * sizePx + cut)), 3 * y * cut);
    }
    const image: Image = { width: cut, height: sizePx, data };
    const visibility = new Float64Array(vertexCount).fill(1);
    const { image: blended, ownSide, insideShare } = paintFace(image, { ...face, visibility });
    const isBeyond = (p: number) => inMesh(p) && p % sizePx >= cut;
    expect(differenceOf(blended, (p, c) => whole.data[3 * mirrorOf(p) + c]!, isBeyond)).toBeLessThanOrEqual(1);
    const [all, beyond] = [inMesh, isBeyond].map((of) => ownSide.filter((_, p) => of(p)).length) as [number, number];
    expect(insideShare).toBeCloseTo(1 - beyond / all, 9);
    expect(ownSide.every((own, p) => (isBeyond(p) ? own === 0 : own === (inMesh(p) ? 255 : 0)))).toBe(true);
  });

  test('a face wholly beyond the photo is black, and none of it is inside', () => {
    const source = target.map((value) => value + 1000);
    const visibility = sideVisibility((x) => (x > 0 ? 0 : 1));
    const { image, ownSide, insideShare } = paintFace(photo({ isSymmetric: false }), { ...face, source, visibility });
    expect([Math.max(...image.data), Math.max(...ownSide), insideShare]).toEqual([0, 0, 0]);
  });
});

test('around the mesh is black, or the photo by one affine', () => {
  const image = photo({ isSymmetric: false });
  const small = target.map((value) => value / 2);
  const shrunk = { ...face, target: small, visibility: new Float64Array(vertexCount).fill(1) };
  const corner = 3 * (sizePx * sizePx - 1);
  const black = paintFace(image, shrunk);
  expect([...black.image.data.subarray(corner), black.ownSide.at(-1)]).toEqual([0, 0, 0, 0]);
  const around: Affine = { ...identityAffine, c: -1 };
  const filled = paintFace(image, { ...shrunk, around });
  expect([...filled.image.data.subarray(corner)]).toEqual([...image.data.subarray(corner - 3, corner)]);
  expect(filled.ownSide.at(-1)).toBe(255);
  expect(filled.insideShare).toBe(black.insideShare);
  // the column that would be left of the photo
  expect([filled.ownSide[40 * sizePx], filled.image.data[3 * 40 * sizePx]]).toEqual([0, 0]);
});
