import { readFileSync } from 'node:fs';
import { crc32, gzipSync } from 'node:zlib';
import { FaceError, type Image } from '@kith/core';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { expect, test } from 'vitest';
import { decodeImage } from './decode-image.ts';

const size = { width: 64, height: 48 };
type Colour = readonly [number, number, number];
const [red, green, blue, white]: Colour[] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
] as const;

/** Red, green / blue, white. */
function quadrants(): Sharp {
  const data = Buffer.alloc(size.width * size.height * 3);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) data.set(quadrant(x, y), (y * size.width + x) * 3);
  }
  return sharp(data, { raw: { ...size, channels: 3 } });
}

function quadrant(x: number, y: number): Colour {
  const right = x >= size.width / 2;
  return y < size.height / 2 ? (right ? green! : red!) : right ? white! : blue!;
}

/** The colours at the centres of the four quarters: top left, top right, bottom left, bottom right. */
function corners({ width, height, data }: Image): Colour[] {
  return [0, 1, 2, 3].map((corner) => {
    const x = Math.floor(width * (corner & 1 ? 0.75 : 0.25));
    const y = Math.floor(height * (corner & 2 ? 0.75 : 0.25));
    return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)] as unknown as Colour;
  });
}

function expectColours(image: Image, expected: readonly Colour[], tolerance = 4): void {
  for (const [i, colour] of corners(image).entries()) {
    for (let c = 0; c < 3; c++) expect(Math.abs(colour[c]! - expected[i]![c]!)).toBeLessThanOrEqual(tolerance);
  }
}

async function codeOf(bytes: Uint8Array, maxPixels?: number): Promise<string> {
  try {
    await decodeImage(bytes, maxPixels === undefined ? {} : { maxPixels });
    return 'decoded';
  } catch (error) {
    if (!(error instanceof FaceError)) throw error;
    return error.code;
  }
}

/** A PNG whose header declares a size and which has no pixels at all. */
function pngHeader(width: number, height: number): Uint8Array {
  const chunk = Buffer.alloc(25);
  chunk.writeUInt32BE(13, 0);
  chunk.write('IHDR', 4);
  chunk.writeUInt32BE(width, 8);
  chunk.writeUInt32BE(height, 12);
  chunk.set([8, 2, 0, 0, 0], 16);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 21)), 21);
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk]);
}

const heic = readFileSync(new URL('../../../test/golden/quadrants.heic', import.meta.url));
const formats = {
  jpeg: () => quadrants().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(),
  png: () => quadrants().png().toBuffer(),
  'interlaced png': () => quadrants().png({ progressive: true }).toBuffer(),
  webp: () => quadrants().webp({ lossless: true }).toBuffer(),
  avif: () => quadrants().avif({ quality: 90, chromaSubsampling: '4:4:4' }).toBuffer(),
  gif: () => quadrants().gif().toBuffer(),
  tiff: () => quadrants().tiff({ compression: 'lzw' }).toBuffer(),
  heic: async () => heic,
};

test.each(Object.entries(formats))('%s is read as the picture it is', async (_name, make) => {
  const image = await decodeImage(await make());
  expect({ width: image.width, height: image.height }).toEqual(size);
  expect(image.data).toHaveLength(size.width * size.height * 3);
  expectColours(image, [red!, green!, blue!, white!], 8);
});

// what each orientation makes of the four quarters, by its definition in EXIF 2.32, table 6
const upright: readonly (readonly number[])[] = [
  [0, 1, 2, 3],
  [1, 0, 3, 2],
  [3, 2, 1, 0],
  [2, 3, 0, 1],
  [0, 2, 1, 3],
  [2, 0, 3, 1],
  [3, 1, 2, 0],
  [1, 3, 0, 2],
];

test.each(upright.map((order, i) => [i + 1, order] as const))(
  'EXIF orientation %i is applied',
  async (orientation, order) => {
    const image = await decodeImage(await quadrants().withMetadata({ orientation }).png().toBuffer());
    expect([image.width, image.height]).toEqual(orientation < 5 ? [64, 48] : [48, 64]);
    expectColours(
      image,
      order.map((from) => [red!, green!, blue!, white!][from]!),
    );
  },
);

test('CMYK becomes sRGB', async () => {
  const cmyk = await quadrants().toColourspace('cmyk').jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
  expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
  const [r, g, b, w] = corners(await decodeImage(cmyk));
  // print has no pure primaries: each quarter keeps its own strongest channel
  expect([r, g, b].map((colour) => colour!.indexOf(Math.max(...colour!)))).toEqual([0, 1, 2]);
  expect(Math.min(...w!)).toBeGreaterThan(240);
});

test('16 bits a channel become 8', async () => {
  const deep = await quadrants().toColourspace('rgb16').png().toBuffer();
  expect((await sharp(deep).metadata()).depth).toBe('ushort');
  expectColours(await decodeImage(deep), [red!, green!, blue!, white!]);
});

test('grey, also 16-bit, becomes three equal channels', async () => {
  for (const space of ['b-w', 'grey16'] as const) {
    const image = await decodeImage(await quadrants().toColourspace(space).png().toBuffer());
    expect(corners(image).every(([r, g, b]) => r === g && g === b)).toBe(true);
    expect(corners(image)[3]).toEqual(white);
  }
});

test('transparent pixels are laid over white, whatever colour they hide', async () => {
  const hidden = { create: { ...size, channels: 4 as const, background: { r: 255, g: 0, b: 0, alpha: 0 } } };
  const kept = [sharp(hidden).png(), sharp(hidden).webp({ exact: true }), sharp(hidden).tiff({ compression: 'lzw' })];
  for (const photo of kept) {
    expectColours(await decodeImage(await photo.toBuffer()), [white!, white!, white!, white!], 0);
  }
});

test('a pixel is a photo too', async () => {
  const pixel = { create: { width: 1, height: 1, channels: 3 as const, background: { r: 9, g: 8, b: 7 } } };
  expect(await decodeImage(await sharp(pixel).png().toBuffer())).toMatchObject({ width: 1, height: 1 });
});

test('of an animation the first frame is read', async () => {
  const frames = await Promise.all(
    [red!, blue!].map(([r, g, b]) =>
      sharp({ create: { ...size, channels: 3, background: { r, g, b } } })
        .png()
        .toBuffer(),
    ),
  );
  const joined = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
  expect((await sharp(joined).metadata()).pages).toBe(2);
  const image = await decodeImage(joined);
  expect([image.width, image.height]).toEqual([64, 48]);
  expectColours(image, [red!, red!, red!, red!], 8);
});

test('a size above the cap is refused by its header alone', async () => {
  expect(await codeOf(pngHeader(60_000, 60_000))).toBe('IMAGE_TOO_LARGE');
  expect(await codeOf(pngHeader(600, 600))).toBe('IMAGE_UNREADABLE');
  for (const [name, make] of Object.entries(formats)) {
    // HEVC codes whole blocks of 64 px and crops them: the cap counts what is decoded
    const pixels = name === 'heic' ? 64 * 64 : 64 * 48;
    expect(await codeOf(await make(), pixels)).toBe('decoded');
    expect(await codeOf(await make(), pixels - 1)).toBe('IMAGE_TOO_LARGE');
  }
  const huge = Buffer.from(heic);
  huge.writeUInt32BE(60_000, huge.indexOf('ispe') + 8);
  huge.writeUInt32BE(60_000, huge.indexOf('ispe') + 12);
  expect(await codeOf(huge)).toBe('IMAGE_TOO_LARGE');
});

test('an SVG is refused in every dress', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';
  const dressed = [
    svg,
    `<?xml version="1.0"?>\n<!-- ${'x'.repeat(900)} -->\n<!DOCTYPE svg>\n${svg}`,
    `\u{feff}  \n${svg}`,
    `<s:svg xmlns:s="http://www.w3.org/2000/svg"/>`,
  ].map((text) => Buffer.from(text));
  const utf16 = Buffer.from(`\u{feff}${svg}`, 'utf16le');
  for (const bytes of [...dressed, utf16, Buffer.from(utf16).swap16(), gzipSync(svg)]) {
    expect(await codeOf(bytes)).toBe('IMAGE_UNSUPPORTED');
  }
});

test('what is no photo is unreadable', async () => {
  const texts = [
    '',
    'hello, I am a jpeg',
    '%PDF-1.7\n%âãÏÓ',
    'BM6',
    '<html><body></body></html>',
    '\u{1f}\u{8b}nothing zipped',
  ];
  for (const text of texts) expect(await codeOf(Buffer.from(text, 'latin1'))).toBe('IMAGE_UNREADABLE');
  expect(await codeOf(gzipSync('a text, packed'))).toBe('IMAGE_UNREADABLE');
});

test.each(Object.entries(formats))('a %s cut short is unreadable', async (_name, make) => {
  const bytes = await make();
  for (const share of [0.3, 0.6, 0.9]) {
    expect(await codeOf(bytes.subarray(0, Math.floor(bytes.length * share)))).toBe('IMAGE_UNREADABLE');
  }
});

test('damaged bytes end in an image or a coded error, never in anything else', async () => {
  const originals = await Promise.all(Object.values(formats).map((make) => make()));
  const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.nat(originals.length - 1), flips, async (which, changes) => {
      const bytes = Buffer.from(originals[which]!);
      for (const [at, mask] of changes) bytes[at % bytes.length]! ^= mask;
      const code = await codeOf(bytes, 1e6);
      expect(['decoded', 'IMAGE_UNREADABLE', 'IMAGE_UNSUPPORTED', 'IMAGE_TOO_LARGE']).toContain(code);
    }),
    { numRuns: 150 },
  );
});
