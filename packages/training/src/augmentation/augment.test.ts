import { createImage, createRandom, type Image, identityAffine, warpAffine } from '@kith/core';
import * as fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { augment } from './augment.ts';
import { type Augmentation, augmentations } from './augmentation.ts';
import { blur } from './blur.ts';
import { checkAugmentation } from './check-augmentation.ts';
import { changeColour, toGrey } from './colour.ts';
import { centredView, cropView } from './crop.ts';
import { loseByJpeg } from './jpeg.ts';
import { addNoise } from './noise.ts';
import { occlude } from './occlusion.ts';
import { lowerResolution } from './resolution.ts';

function noise(sidePx: number, seed = 1): Image {
  const random = createRandom(seed);
  return {
    width: sidePx,
    height: sidePx,
    data: Uint8Array.from({ length: sidePx * sidePx * 3 }, () => random() * 256),
  };
}

/** Waves of several lengths in each channel. */
function smooth(sidePx: number): Image {
  const data = Uint8Array.from({ length: sidePx * sidePx * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % sidePx, Math.floor(i / 3 / sidePx), i % 3];
    return 128 + 60 * Math.sin(x / (5 + c)) * Math.cos(y / (7 - c)) + 40 * Math.sin((x + 2 * y) / 17);
  });
  return { width: sidePx, height: sidePx, data };
}

function meanDifference(one: Image, other: Image): number {
  return one.data.reduce((sum, value, i) => sum + Math.abs(value - other.data[i]!), 0) / one.data.length;
}

function mirrored({ width, data }: Image): Uint8Array {
  return Uint8Array.from(data, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    return data[(y * width + (width - 1 - x)) * 3 + c]!;
  });
}

describe('augment', () => {
  test('without augmentation it is the image, or the image resized', () => {
    const image = noise(24);
    const random = () => 0.3;
    expect(augment(image, { augmentation: augmentations.none, random, sizePx: 24 }).data).toEqual(image.data);
    // each pixel of half the size lies between four: their mean
    const half = augment(image, { augmentation: {}, random, sizePx: 12 });
    const at = (x: number, y: number, c: number) => image.data[(y * 24 + x) * 3 + c]!;
    for (const [x, y, c] of [
      [0, 0, 0],
      [5, 7, 1],
      [11, 11, 2],
    ] as const) {
      const sum = at(2 * x, 2 * y, c) + at(2 * x + 1, 2 * y, c) + at(2 * x, 2 * y + 1, c) + at(2 * x + 1, 2 * y + 1, c);
      expect(half.data[(y * 12 + x) * 3 + c]).toBe(Math.floor(sum / 4 + 0.5));
    }
  });

  test('takes the centred square of an image that is none', () => {
    const image = { ...noise(30), width: 50, height: 18 };
    const got = augment(image, { augmentation: {}, random: () => 0.5, sizePx: 18 });
    const expected = warpAffine(image, { ...identityAffine, c: 16 }, { width: 18, height: 18 });
    expect(got.data).toEqual(expected.data);
  });

  test('shows the share of a face that is asked for, and moves in its margin', () => {
    const image = noise(20);
    const options = { random: () => 0, sizePx: 10, shownShare: 0.5 };
    const at = (x: number) => warpAffine(image, { ...identityAffine, c: x, f: x }, { width: 10, height: 10 }).data;
    expect(augment(image, { ...options, augmentation: {} }).data).toEqual(at(5));
    const still = { chance: 1, scale: [1, 1], rotationDegrees: [0, 0], beyond: ['black'] } as const;
    const crop = { ...still, shift: [-0.3, -0.3] } as const;
    expect(augment(image, { ...options, augmentation: { crop } }).data).toEqual(at(2));
  });

  test('flips exactly, and twice gives the image', () => {
    const image = noise(17);
    const flip = (from: Image) => augment(from, { augmentation: { flip: 1 }, random: createRandom(1), sizePx: 17 });
    expect(flip(image).data).toEqual(mirrored(image));
    expect(flip(flip(image)).data).toEqual(image.data);
  });

  test('gives the same for the same seed, other pictures for others, and leaves the image alone', () => {
    const image = smooth(40);
    const before = image.data.slice();
    for (const augmentation of [augmentations.standard, augmentations.strong] satisfies Augmentation[]) {
      const of = (seed: number) => augment(image, { augmentation, random: createRandom(seed), sizePx: 32 }).data;
      for (let seed = 0; seed < 40; seed++) {
        expect(of(seed).length).toBe(32 * 32 * 3);
        expect(of(seed)).toEqual(of(seed));
      }
      expect(new Set(Array.from({ length: 40 }, (_, seed) => of(seed).join())).size).toBeGreaterThan(38);
    }
    expect(image.data).toEqual(before);
  });

  test('does a thing as often as its chance says', () => {
    const random = createRandom(3);
    const image = noise(4);
    let flips = 0;
    for (let i = 0; i < 4000; i++) {
      const { data } = augment(image, { augmentation: { flip: 0.3 }, random, sizePx: 4 });
      if (data[0] !== image.data[0]) flips++;
    }
    expect(flips / 4000).toBeCloseTo(0.3, 1);
  });
});

describe('crop', () => {
  test('turns about the centre, scales and shifts by shares of the side', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        fc.double({ min: -0.3, max: 0.3, noNaN: true }),
        fc.double({ min: -90, max: 90, noNaN: true }),
        (scale, shift, degrees) => {
          const range = {
            chance: 1,
            scale: [scale, scale],
            shift: [shift, shift],
            rotationDegrees: [degrees, degrees],
            beyond: ['edge'],
          } as const;
          const view = centredView({ width: 120, height: 125 }, { sizePx: 50, shownShare: 100 / 120 });
          const { a, b, c, d, e, f } = cropView(view, range, { sizePx: 50, random: Math.random }).toImage;
          const [u, v] = [24.5, 24.5];
          expect(a * u + b * v + c).toBeCloseTo(59.5 + shift * 100, 6);
          expect(d * u + e * v + f).toBeCloseTo(62 + shift * 100, 6);
          expect(Math.hypot(a, d)).toBeCloseTo(2 * scale, 6);
          expect(a * e - b * d).toBeCloseTo(4 * scale * scale, 6);
          expect((Math.atan2(d, a) * 180) / Math.PI).toBeCloseTo(degrees, 6);
        },
      ),
    );
  });
});

describe('colour', () => {
  const plain = { brightness: 0, contrast: 1, saturation: 1, gamma: 1 };

  test('follows its formulas', () => {
    const image = noise(8);
    const each = (change: Partial<typeof plain>) => [...changeColour(image, { ...plain, ...change }).data];
    const expected = (formula: (value: number) => number) =>
      [...image.data].map((value) => Math.round(Math.min(255, Math.max(0, formula(value)))));
    expect(each({})).toEqual([...image.data]);
    expect(each({ brightness: 0.2 })).toEqual(expected((value) => value + 51));
    expect(each({ contrast: 3 })).toEqual(expected((value) => 3 * (value - 127.5) + 127.5));
    expect(each({ gamma: 2 })).toEqual(expected((value) => (value * value) / 255));
  });

  test('grey has one value a pixel, its luma, and grey stays grey', () => {
    const image = noise(8);
    const grey = toGrey(image);
    for (let i = 0; i < grey.data.length; i += 3) {
      const [r, g, b] = image.data.subarray(i, i + 3) as unknown as [number, number, number];
      expect(Math.abs(grey.data[i]! - (0.299 * r + 0.587 * g + 0.114 * b))).toBeLessThan(1.2);
      expect(grey.data[i + 1]).toBe(grey.data[i]);
      expect(grey.data[i + 2]).toBe(grey.data[i]);
    }
    expect(toGrey(grey).data).toEqual(grey.data);
    expect(changeColour(grey, { ...plain, saturation: 3 }).data).toEqual(grey.data);
  });
});

test('blur keeps one colour, spreads a point as the Gaussian does, and 0 is nothing', () => {
  const one = createImage({ width: 9, height: 9 }, { fill: [10, 200, 77] });
  expect(blur(one, 2).data).toEqual(one.data);
  expect(blur(noise(9), 0).data).toEqual(noise(9).data);
  const point = createImage({ width: 21, height: 21 });
  const middle = (10 * 21 + 10) * 3;
  point.data.fill(255, middle, middle + 3);
  const { data } = blur(point, 1.5);
  const at = (x: number, y: number) => data[((10 + y) * 21 + 10 + x) * 3]!;
  for (const [x, y] of [
    [0, 0],
    [1, 0],
    [0, 2],
    [2, 1],
    [-3, 1],
  ] as const) {
    const expected = (255 * Math.exp(-(x * x + y * y) / (2 * 1.5 ** 2))) / (2 * Math.PI * 1.5 ** 2);
    expect(Math.abs(at(x, y) - expected)).toBeLessThan(0.9);
  }
});

test('noise has the deviation that is asked for, around 0', () => {
  const grey = createImage({ width: 64, height: 64 }, { fill: [128, 128, 128] });
  const { data } = addNoise(grey, 12, createRandom(5));
  const differences = Array.from(data, (value) => value - 128);
  const mean = differences.reduce((sum, value) => sum + value, 0) / data.length;
  const deviation = Math.sqrt(differences.reduce((sum, value) => sum + value * value, 0) / data.length);
  expect(Math.abs(mean)).toBeLessThan(0.6);
  expect(deviation).toBeCloseTo(12, 0);
});

test('occlusion changes a rectangle of the area asked for and nothing else', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.05, max: 0.5, noNaN: true }),
      fc.double({ min: 0.5, max: 2, noNaN: true }),
      fc.integer(),
      (area, aspect, seed) => {
        const image = createImage({ width: 40, height: 40 }, { fill: [1, 2, 3] });
        const range = { chance: 1, area: [area, area], aspect: [aspect, aspect], covers: ['grey'] } as const;
        const { data } = occlude(image, range, createRandom(seed));
        const changed = Array.from({ length: 1600 }, (_, p) => p).filter((p) => data[p * 3] !== 1);
        const xs = changed.map((p) => p % 40);
        const ys = changed.map((p) => Math.floor(p / 40));
        const width = Math.max(...xs) - Math.min(...xs) + 1;
        const height = Math.max(...ys) - Math.min(...ys) + 1;
        expect(changed.length).toBe(width * height);
        expect(changed.every((p) => data[p * 3] === 128)).toBe(true);
        expect(Math.abs(width - Math.min(40, Math.sqrt((area * 1600) / aspect)))).toBeLessThan(0.51);
        expect(Math.abs(height - Math.min(40, Math.sqrt(area * 1600 * aspect)))).toBeLessThan(0.51);
      },
    ),
  );
});

test('lower resolution keeps the side and one colour, and loses what is fine', () => {
  const one = createImage({ width: 32, height: 32 }, { fill: [9, 8, 7] });
  expect(lowerResolution(one, 5).data).toEqual(one.data);
  const board = { ...one, data: one.data.map((_, i) => 255 * ((Math.floor(i / 3) + Math.floor(i / 96)) % 2)) };
  const lost = lowerResolution(board, 16);
  expect(lost.width).toBe(32);
  expect(lost.data.every((value) => Math.abs(value - 128) <= 1)).toBe(true);
});

describe('JPEG', () => {
  test.each([15, 50, 85])('at quality %i it loses what libjpeg loses', async (quality) => {
    const image = smooth(96);
    const own = loseByJpeg(image, quality);
    const bytes = await sharp(image.data, { raw: { width: 96, height: 96, channels: 3 } })
      .jpeg({ quality, chromaSubsampling: '4:2:0' })
      .toBuffer();
    const theirs = { ...image, data: new Uint8Array(await sharp(bytes).raw().toBuffer()) };
    const loss = meanDifference(image, theirs);
    expect(meanDifference(own, theirs)).toBeLessThan(loss / 2);
    expect(meanDifference(image, own) / loss).toBeGreaterThan(0.8);
    expect(meanDifference(image, own) / loss).toBeLessThan(1.35);
  });

  test('keeps a side that is no whole number of blocks, and nearly keeps one colour', () => {
    const image = createImage({ width: 21, height: 13 }, { fill: [100, 150, 60] });
    const { width, height, data } = loseByJpeg(image, 95);
    expect([width, height]).toEqual([21, 13]);
    expect(data.every((value, i) => Math.abs(value - image.data[i]!) <= 3)).toBe(true);
  });
});

describe('checkAugmentation', () => {
  test('lets all presets pass', () => {
    for (const augmentation of Object.values(augmentations))
      expect(() => checkAugmentation(augmentation)).not.toThrow();
  });

  test.each([
    [{ flip: 2 }, /flip is to be a chance/],
    [{ flipp: 0.5 }, /flipp is to be one of/],
    [{ blur: { chance: 1, sigma: [2, 1] } }, /blur.sigma/],
    [{ blur: { chance: 1 } }, /blur.sigma/],
    [{ noise: 3 }, /noise is to be a record/],
    [{ noise: { chance: 1, sigma: [0, Number.NaN] } }, /noise.sigma/],
    [{ jpeg: { chance: 1, quality: [0, 50] } }, /jpeg.quality/],
    [{ grey: [0, 1] }, /grey/],
    [{ crop: { ...augmentations.standard.crop, beyond: [] } }, /crop.beyond/],
    [{ crop: { ...augmentations.standard.crop, turn: [0, 1] } }, /crop.turn/],
  ])('refuses %j', (augmentation, message) => {
    expect(() => checkAugmentation(augmentation as unknown as Augmentation)).toThrow(message);
  });
});
