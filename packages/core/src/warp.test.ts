import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Affine, identityAffine } from './geometry.ts';
import type { Image } from './image.ts';
import { createRandom, randomInteger } from './random.ts';
import { shrink } from './shrink.ts';
import { sampleAffine, warpAffine } from './warp.ts';

function noise(width: number, height: number, seed: number): Image {
  const random = createRandom(seed);
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => randomInteger(random, 256)) };
}

/** Bilinear value at a point by the definition: every pixel counts by its tent. */
function tent({ width, height, data }: Image, [x, y]: readonly [number, number], channel: number): number {
  let sum = 0;
  for (let py = 0; py < height; py++) {
    for (let px = 0; px < width; px++) {
      const weight = Math.max(0, 1 - Math.abs(px - x)) * Math.max(0, 1 - Math.abs(py - y));
      sum += weight * data[(py * width + px) * 3 + channel]!;
    }
  }
  return sum;
}

test('the identity changes nothing', () => {
  const image = noise(13, 7, 1);
  expect(warpAffine(image, identityAffine, image)).toEqual(image);
});

test('without shrinking, each sample is the sum over all pixels of value times tent', () => {
  const angles = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
  fc.assert(
    fc.property(angles, fc.double({ min: 0.3, max: 1.4, noNaN: true }), fc.integer(), (angle, scale, seed) => {
      const image = noise(6, 5, seed);
      const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
      const toImage: Affine = { a: cos, b: -sin, c: 2.2, d: sin, e: cos, f: 1.7 };
      const out = sampleAffine(image, toImage, { width: 5, height: 4 });
      for (let v = 0; v < 4; v++) {
        for (let u = 0; u < 5; u++) {
          const at = [cos * u - sin * v + 2.2, sin * u + cos * v + 1.7] as const;
          for (let channel = 0; channel < 3; channel++) {
            expect(out[(v * 5 + u) * 3 + channel]).toBeCloseTo(tent(image, at, channel), 2);
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('shrinking by whole factors gives the mean of the pixels covered', () => {
  const image = noise(12, 12, 3);
  const out = sampleAffine(image, { a: 3, b: 0, c: 1, d: 0, e: 3, f: 1 }, { width: 4, height: 4 });
  let sum = 0;
  for (let y = 3; y < 6; y++) for (let x = 6; x < 9; x++) sum += image.data[(y * 12 + x) * 3]!;
  expect(out[(1 * 4 + 2) * 3]).toBeCloseTo(sum / 9, 3);
});

test('beyond the frame lies black, or the nearest pixel', () => {
  const image = noise(4, 4, 4);
  const away: Affine = { ...identityAffine, c: -10 };
  expect(Math.max(...sampleAffine(image, away, { width: 4, height: 4 }))).toBe(0);
  const edge = warpAffine(image, away, { width: 4, height: 4, beyond: 'edge' });
  expect([...edge.data.subarray(0, 3)]).toEqual([...image.data.subarray(0, 3)]);
});

test('halving averages blocks of four and says how to get back', () => {
  const image = noise(64, 32, 5);
  const { image: small, toOriginal } = shrink(image, 16);
  expect([small.width, small.height]).toEqual([16, 8]);
  expect(toOriginal).toEqual({ a: 4, b: 0, c: 1.5, d: 0, e: 4, f: 1.5 });
  const mean = (data: Uint8Array) => data.reduce((sum, value) => sum + value, 0) / data.length;
  expect(mean(small.data)).toBeCloseTo(mean(image.data), 0);
  expect(shrink(image, 64).image).toBe(image);
});
