import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
import { boxSize, FaceError, type Image, intersectionOverUnion, squaredL2 } from '@kith/core';
import { openGalleryStore } from '@kith/gallery';
import { decodeImage, type Face, openGallery, openRecognizer, type Recognizer } from '@kith/pipeline';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { syntheticFace, syntheticGroup } from '../datasets/synthetic-face.ts';
import { kith } from './support/kith-process.ts';

const scratch = mkdtempSync(join(tmpdir(), 'kith-bad-input-'));
const ada = syntheticFace({ identity: 0 });
let recognizer: Recognizer;
let face: Face;

beforeAll(async () => {
  recognizer = await openRecognizer();
  face = await recognizer.face(ada);
});
afterAll(async () => {
  await recognizer.close();
  rmSync(scratch, { recursive: true, force: true });
});

function drawing({ width, height, data }: Image): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function write(name: string, bytes: string | Uint8Array): string {
  const path = join(scratch, name);
  writeFileSync(path, bytes);
  return path;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (!(error instanceof FaceError)) throw error;
    return error.code;
  }
}

/** Signature, header and an end: 60,000 × 60,000 px in 57 bytes. */
function hugePng(): Uint8Array {
  const chunk = (type: string, body: Buffer) => {
    const typed = Buffer.concat([Buffer.from(type), body]);
    const out = Buffer.alloc(typed.length + 8);
    out.writeUInt32BE(body.length, 0);
    typed.copy(out, 4);
    out.writeUInt32BE(crc32(typed), typed.length + 4);
    return out;
  };
  const header = Buffer.from([0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60, 8, 2, 0, 0, 0]);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', Buffer.alloc(0)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A HEIC of nothing but boxes inside boxes: what descends into each of them runs out of stack. */
function nestedHeic(type: string): Uint8Array {
  const depth = 20_000;
  const boxBytes = 12;
  const brand = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0heicmif1', 'latin1');
  const boxes = Buffer.alloc(depth * boxBytes);
  for (let i = 0; i < depth; i++) {
    boxes.writeUInt32BE((depth - i) * boxBytes, i * boxBytes);
    boxes.write(type, i * boxBytes + 4);
  }
  return Buffer.concat([brand, boxes]);
}

describe('files that are no photo end the command with 3 and their code', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
  const files: [string, string, () => string | Promise<string>][] = [
    ['zero bytes', 'IMAGE_UNREADABLE', () => write('empty.jpg', '')],
    ['text named .jpg', 'IMAGE_UNREADABLE', () => write('text.jpg', 'This is not a photo.')],
    ['a PDF', 'IMAGE_UNREADABLE', () => write('paper.pdf', '%PDF-1.7\n')],
    [
      'a truncated JPEG',
      'IMAGE_UNREADABLE',
      async () => write('cut.jpg', (await drawing(ada).jpeg().toBuffer()).subarray(0, 3000)),
    ],
    ['60,000 × 60,000 px', 'IMAGE_TOO_LARGE', () => write('huge.png', hugePng())],
    ['a HEIC of 20,000 nested meta boxes', 'IMAGE_UNREADABLE', () => write('meta.heic', nestedHeic('meta'))],
    ['a HEIC of 20,000 nested iprp boxes', 'IMAGE_UNREADABLE', () => write('iprp.heic', nestedHeic('iprp'))],
    ['an SVG', 'IMAGE_UNSUPPORTED', () => write('drawing.svg', svg)],
    ['an SVG named .png', 'IMAGE_UNSUPPORTED', () => write('drawing.png', svg)],
    ['a packed SVG', 'IMAGE_UNSUPPORTED', () => write('drawing.svgz', gzipSync(svg))],
    ['a folder', 'IMAGE_UNREADABLE', () => scratch],
    ['a device', 'IMAGE_UNREADABLE', () => (process.platform === 'win32' ? scratch : '/dev/zero')],
    ['nothing at all', 'FILE_NOT_FOUND', () => join(scratch, 'nothing.jpg')],
  ];
  test.each(files)('%s: %s', async (_name, code, make) => {
    const run = await kith(['detect', await make(), '--json']);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(JSON.parse(run.stderr)).toMatchObject({ code });
  });

  test('--max-pixels moves the cap', async () => {
    const photo = write('ada.png', await drawing(ada).png().toBuffer());
    const run = await kith(['detect', photo, '--max-pixels', '65535', '--json']);
    expect(run.code).toBe(3);
    expect(JSON.parse(run.stderr)).toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  });
});

describe('unusual photos are read as what they show', () => {
  /** The same face at the same place, as far as the change of colours allows. */
  async function expectAda(photo: Uint8Array, nearSquaredL2: number): Promise<void> {
    const found = await recognizer.face(photo);
    expect(intersectionOverUnion(found.box, face.box)).toBeGreaterThan(0.85);
    expect(squaredL2(found.embedding, face.embedding)).toBeLessThan(nearSquaredL2);
  }

  test('CMYK', async () => expectAda(await drawing(ada).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(), 0.05));
  test('16-bit', async () => expectAda(await drawing(ada).toColourspace('rgb16').png().toBuffer(), 0.005));
  test('grey', async () => expectAda(await drawing(ada).greyscale().png().toBuffer(), 0.1));
  test('alpha', async () => expectAda(await drawing(ada).ensureAlpha(1).png().toBuffer(), 0.001));

  test('1×1 is a photo without a face', async () => {
    const pixel = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#abc' } })
      .png()
      .toBuffer();
    expect(await recognizer.detect(pixel)).toEqual([]);
    expect(await codeOf(recognizer.face(pixel))).toBe('FACE_NOT_FOUND');
  });

  // where a pixel of the upright picture is stored, by the definition in EXIF 2.32, table 6
  const last = ada.width - 1;
  const stored: Record<number, (x: number, y: number) => readonly [number, number]> = {
    1: (x, y) => [x, y],
    2: (x, y) => [last - x, y],
    3: (x, y) => [last - x, last - y],
    4: (x, y) => [x, last - y],
    5: (x, y) => [y, x],
    6: (x, y) => [y, last - x],
    7: (x, y) => [last - y, last - x],
    8: (x, y) => [last - y, x],
  };
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i', async (orientation) => {
    const data = new Uint8Array(ada.data.length);
    for (let i = 0; i < data.length / 3; i++) {
      const [x, y] = stored[orientation]!(i % ada.width, Math.floor(i / ada.width));
      data.set(ada.data.subarray(3 * i, 3 * i + 3), 3 * (y * ada.width + x));
    }
    const photo = await drawing({ ...ada, data })
      .withMetadata({ orientation })
      .png()
      .toBuffer();
    // the same pixels are the same box and the same decision
    expect(Buffer.compare((await decodeImage(photo)).data, ada.data)).toBe(0);
    if (orientation === 6) await expectAda(photo, 1e-6);
  });
});

describe('photos with no face, several, or a tiny one', () => {
  const empty: Image = { width: 320, height: 240, data: new Uint8Array(320 * 240 * 3).fill(128) };
  const { image: pair } = syntheticGroup({ identities: [0, 4] });
  const png = (image: Image) => drawing(image).png().toBuffer();

  test('no face: FACE_NOT_FOUND, but an empty list for detect', async () => {
    const gallery = await openGallery(join(scratch, 'no-face'));
    await gallery.enroll('ada', await png(ada));
    const photo = await png(empty);
    expect(await codeOf(gallery.enroll('bob', photo))).toBe('FACE_NOT_FOUND');
    expect(await codeOf(gallery.verify('ada', photo))).toBe('FACE_NOT_FOUND');
    expect(await codeOf(gallery.identify(photo))).toBe('FACE_NOT_FOUND');
    expect(await codeOf(recognizer.compare(ada, empty))).toBe('FACE_NOT_FOUND');
    expect(await recognizer.detect(empty)).toEqual([]);
    await gallery.close();
  });

  test('two faces: FACE_AMBIGUOUS where one is needed, unless the largest is asked for', async () => {
    const gallery = await openGallery(join(scratch, 'two-faces'));
    const photo = await png(pair);
    expect(await codeOf(gallery.enroll('ada', photo))).toBe('FACE_AMBIGUOUS');
    expect(await codeOf(recognizer.compare(ada, pair))).toBe('FACE_AMBIGUOUS');
    expect(await gallery.enroll('ada', photo, { largest: true })).toMatchObject({ status: 'enrolled' });
    expect(await codeOf(gallery.verify('ada', photo))).toBe('FACE_AMBIGUOUS');
    expect(await gallery.verify('ada', photo, { largest: true })).toMatchObject({ accepted: true });
    const areas = (await recognizer.detect(pair)).map(({ box }) => boxSize(box).width * boxSize(box).height);
    expect(areas).toHaveLength(2);
    expect(areas).toEqual(areas.toSorted((one, other) => other - one));
    expect((await gallery.identify(photo)).faces).toHaveLength(2);
    await gallery.close();
  });

  test('a face of 20 px: FACE_QUALITY_LOW, but detect lists it', async () => {
    const gallery = await openGallery(join(scratch, 'tiny-face'));
    await gallery.enroll('ada', await png(ada));
    const shrunk = await drawing(ada).resize(40, 40).png().toBuffer();
    const [tiny] = await recognizer.detect(shrunk);
    expect(boxSize(tiny!.box).width).toBeGreaterThan(14);
    expect(boxSize(tiny!.box).width).toBeLessThan(26);
    expect(await codeOf(gallery.enroll('ada', shrunk))).toBe('FACE_QUALITY_LOW');
    expect(await codeOf(gallery.verify('ada', shrunk))).toBe('FACE_QUALITY_LOW');
    expect(await codeOf(gallery.identify(shrunk))).toBe('FACE_QUALITY_LOW');
    expect(await codeOf(recognizer.compare(shrunk, ada))).toBe('FACE_QUALITY_LOW');
    await gallery.close();
  });
});

describe('names and galleries', () => {
  const names = [
    'a/b',
    '..',
    '../../etc/passwd',
    'two\nlines',
    'x'.repeat(1000),
    'שלום',
    '👩‍👩‍👧‍👦',
    "'; drop table faces; --",
    ' ',
  ];

  test('hostile subject names are kept exactly and never used as a path', async () => {
    const dir = join(scratch, 'inner', 'names');
    const gallery = await openGallery(dir);
    const photo = await drawing(ada).png().toBuffer();
    for (const name of names) expect(await gallery.enroll(name, photo)).toMatchObject({ status: 'enrolled' });
    expect(new Set(gallery.list().map(({ subject }) => subject))).toEqual(new Set(names));
    for (const name of names) {
      expect(gallery.show(name)).toHaveLength(1);
      expect(await gallery.verify(name, photo)).toMatchObject({ accepted: true, subject: name });
    }
    expect(await gallery.remove('..')).toEqual({ removed: 1 });
    expect(gallery.list()).toHaveLength(names.length - 1);
    await gallery.close();
    const listed = await kith(['list', '--gallery', dir]);
    expect(listed.stdout.trimEnd().split('\n')).toHaveLength(names.length - 1);
    expect(listed.stdout).toContain('two\\u{a}lines');
    const shown = await kith(['show', 'two\nlines', '--gallery', dir, '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ subject: 'two\nlines' });
  });

  test('an empty name is refused', async () => {
    const gallery = await openGallery(join(scratch, 'empty-name'));
    const noFace = await drawing({ width: 9, height: 9, data: new Uint8Array(9 * 9 * 3) })
      .png()
      .toBuffer();
    expect(await codeOf(gallery.enroll('', noFace))).toBe('SUBJECT_INVALID');
    await gallery.close();
  });

  test('a gallery of another model: SPACE_MISMATCH, though it can be listed', async () => {
    const dir = join(scratch, 'foreign');
    const space = { model: 'another-net', preprocessing: 'another-crop', dimension: 512 };
    await (await openGalleryStore(dir, { space, model: 'another' })).close();
    const photo = write('ada-foreign.png', await drawing(ada).png().toBuffer());
    for (const args of [
      ['enroll', 'ada', photo],
      ['identify', photo],
      ['list', '--model', 'dlib-resnet'],
    ]) {
      const run = await kith([...args, '--gallery', dir, '--json']);
      expect(run.code).toBe(4);
      expect(JSON.parse(run.stderr)).toMatchObject({ code: 'SPACE_MISMATCH' });
    }
    expect((await kith(['list', '--gallery', dir])).code).toBe(0);
    // before the photo, which is not there, is read
    const asked = await kith(['verify', 'ada', 'nowhere.jpg', '--model', 'dlib-resnet', '--gallery', dir, '--json']);
    expect(asked.code).toBe(4);
    const message = expect.stringMatching(/was made with another, .*; leave out --model, or name another --gallery\.$/);
    expect(JSON.parse(asked.stderr)).toEqual({ code: 'SPACE_MISMATCH', message });
  });

  test('a damaged database: GALLERY_CORRUPT', async () => {
    const dir = join(scratch, 'damaged');
    mkdirSync(dir);
    writeFileSync(join(dir, 'gallery.db'), 'this was a database once '.repeat(400));
    const run = await kith(['list', '--gallery', dir, '--json']);
    expect(run).toMatchObject({ code: 4, stdout: '' });
    expect(JSON.parse(run.stderr)).toMatchObject({ code: 'GALLERY_CORRUPT' });
  });

  test.skipIf(process.platform !== 'linux')('a folder that cannot be written to: 4', async () => {
    const photo = write('ada-read-only.png', await drawing(ada).png().toBuffer());
    const run = await kith(['enroll', 'ada', photo, '--gallery', '/proc/kith', '--json']);
    expect(run.code).toBe(4);
    expect(JSON.parse(run.stderr)).toMatchObject({ code: 'GALLERY_READ_ONLY' });
  });
});
