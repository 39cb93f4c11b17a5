import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaceError } from '@kith/core';
import { beforeAll, expect, test } from 'vitest';
import { syntheticEmbedding, syntheticFace, testSpace, withFolder } from '../../../../test/support/gallery-faces.ts';
import { type EmbeddingGallery, openGalleryStore } from '../index.ts';

const refusal = (code: FaceError['code']) => expect.objectContaining({ name: 'FaceError', code });
const open = (dir: string, options = {}) => openGalleryStore(dir, { space: testSpace, ...options });
const names = ['ada', 'b/o/b', '🦊\n', 'שרה'];
const faces = 700;

/** All that a gallery tells of itself. */
const everything = (gallery: EmbeddingGallery) => gallery.list().map(({ subject }) => gallery.show(subject));

let exported: Buffer;
let told: unknown;
beforeAll(async () => {
  await withFolder(async (dir) => {
    const gallery = await open(join(dir, 'gallery'), { model: 'the model' });
    for (let n = 0; n < faces; n++) await gallery.enroll(names[n % names.length]!, syntheticFace(n));
    expect(await gallery.exportTo(join(dir, 'export'))).toEqual({ subjects: names.length, faces });
    told = everything(gallery);
    expect(readdirSync(dir).sort()).toEqual(['export', 'gallery']);
    exported = readFileSync(join(dir, 'export'));
    await gallery.close();
  });
});

/** Import bytes into a gallery that holds one face already. */
async function importInto(
  bytes: Uint8Array,
  check: (importing: Promise<unknown>, gallery: EmbeddingGallery) => Promise<void>,
): Promise<void> {
  await withFolder(async (dir) => {
    writeFileSync(join(dir, 'export'), bytes);
    const gallery = await open(join(dir, 'gallery'));
    await gallery.enroll('zoe', syntheticFace(9999));
    await check(gallery.importFrom(join(dir, 'export')), gallery);
    await gallery.close();
  });
}

test('an import makes the gallery that was exported, once', async () => {
  await withFolder(async (dir) => {
    writeFileSync(join(dir, 'export'), exported);
    const gallery = await open(join(dir, 'gallery'));
    expect(await gallery.importFrom(join(dir, 'export'))).toEqual({ enrolled: faces, unchanged: 0 });
    expect(everything(gallery)).toEqual(told);
    expect((await gallery.identify(syntheticEmbedding(5), { top: 1 })).candidates[0]).toMatchObject({
      subject: 'b/o/b',
      distance: 0,
    });
    expect(await gallery.importFrom(join(dir, 'export'))).toEqual({ enrolled: 0, unchanged: faces });
    expect(everything(gallery)).toEqual(told);
    await gallery.exportTo(join(dir, 'again'));
    const facesOf = (bytes: Buffer) => bytes.toString().split('\n').slice(1, -2);
    expect(facesOf(readFileSync(join(dir, 'again')))).toEqual(facesOf(exported));
    await gallery.close();
  });
});

test('an export never takes the place of the gallery itself, nor of a pipe', async () => {
  await withFolder(async (dir) => {
    const gallery = await open(join(dir, 'gallery'));
    await gallery.enroll('ada', syntheticFace(1));
    symlinkSync(join(dir, 'gallery'), join(dir, 'link'));
    for (const file of ['gallery/gallery.db', 'gallery/gallery.db-wal', 'link/gallery.db']) {
      await expect(gallery.exportTo(join(dir, file))).rejects.toEqual(refusal('USAGE'));
    }
    if (process.platform !== 'win32') {
      execFileSync('mkfifo', [join(dir, 'pipe')]);
      await expect(gallery.exportTo(join(dir, 'pipe'))).rejects.toEqual(refusal('USAGE'));
    }
    writeFileSync(join(dir, 'file'), '');
    await expect(gallery.exportTo(join(dir, 'file/gallery.db'))).rejects.toEqual(refusal('FILE_NOT_FOUND'));
    await gallery.exportTo(join(dir, 'gallery/export'));
    expect(gallery.list()).toEqual([{ subject: 'ada', faces: 1 }]);
    await gallery.close();
  });
});

test('an export takes the place of an older one or of an empty file, of nothing else', async () => {
  await withFolder(async (dir) => {
    const gallery = await open(join(dir, 'gallery'));
    await gallery.enroll('ada', syntheticFace(1));
    const file = join(dir, 'export');
    writeFileSync(file, '');
    await gallery.exportTo(file);
    await gallery.enroll('ada', syntheticFace(2));
    expect(await gallery.exportTo(file)).toEqual({ subjects: 1, faces: 2 });
    for (const text of ['a photo', '{"format":"another"}\n'.repeat(9)]) {
      writeFileSync(file, text);
      await expect(gallery.exportTo(file)).rejects.toEqual(refusal('USAGE'));
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
    await gallery.close();
  });
});

test('an export is lines of JSON: a header, the faces, a checksum', () => {
  const lines = exported.toString().trimEnd().split('\n');
  expect(lines).toHaveLength(faces + 2);
  expect(JSON.parse(lines[0]!)).toEqual({
    format: 'kith-gallery-export',
    version: 1,
    space: testSpace,
    model: 'the model',
    subjects: names.length,
    faces,
  });
  const before = exported.subarray(0, exported.length - lines.at(-1)!.length - 1);
  expect(JSON.parse(lines.at(-1)!)).toEqual({ faces, sha256: createHash('sha256').update(before).digest('hex') });
});

/** Change the lines, then give them a checksum that fits. */
function resigned(change: (lines: string[]) => string[]): Buffer {
  const body = change(exported.toString().trimEnd().split('\n').slice(0, -1))
    .map((line) => `${line}\n`)
    .join('');
  const trailer = { faces: body.split('\n').length - 2, sha256: createHash('sha256').update(body).digest('hex') };
  return Buffer.from(`${body}${JSON.stringify(trailer)}\n`);
}
const withFace = (change: object) =>
  resigned((lines) => lines.with(3, JSON.stringify({ ...JSON.parse(lines[3]!), ...change })));

const malformed: Record<string, () => Uint8Array> = {
  'no bytes': () => Buffer.alloc(0),
  'its first half': () => exported.subarray(0, exported.length >> 1),
  'all but the last byte': () => exported.subarray(0, -1),
  'all but the last line': () => exported.subarray(0, exported.lastIndexOf('\n', exported.length - 2) + 1),
  'a line after the last': () => Buffer.concat([exported, Buffer.from('{}\n')]),
  'one changed digit': () => Buffer.from(exported.toString().replace('photo 17.jpg', 'photo 18.jpg')),
  'a photo': () => Buffer.from([0xff, 0xd8, 0xff, 0xe0, 10, 0, 10]),
  'two million bytes without a line end': () => Buffer.alloc(2_000_000, 'x'),
  'a version of the future': () => Buffer.from(exported.toString().replace('"version":1', '"version":2')),
  'a line less than the header says': () => resigned((lines) => lines.slice(0, -1)),
  'a number for a name': () => withFace({ subject: 5 }),
  'an empty name': () => withFace({ subject: '' }),
  'a name that is not the id’s': () => withFace({ subject: 'eve' }),
  'a short embedding': () => withFace({ embedding: 'AAAA' }),
  'an embedding of zeros': () => withFace({ embedding: Buffer.alloc(512).toString('base64') }),
  'few landmarks': () => withFace({ landmarks: 'AAAA' }),
  'unknown landmarks': () => withFace({ landmarkScheme: 'toString' }),
  'a broken box': () => withFace({ box: [1, 2, null, 4] }),
  'a time that is none': () => withFace({ time: '\u001b[2J' }),
  'a broken line': () => resigned((lines) => lines.with(3, '{"subject":')),
  'a list': () => resigned((lines) => lines.with(3, '[]')),
};

test.each(Object.entries(malformed))('of %s nothing is imported', async (_, make) => {
  await importInto(make(), async (importing, gallery) => {
    await expect(importing).rejects.toEqual(refusal('EXPORT_MALFORMED'));
    expect(gallery.list()).toEqual([{ subject: 'zoe', faces: 1 }]);
    expect((await gallery.enroll('zoe', syntheticFace(1))).status).toBe('enrolled');
  });
});

test('faces of another space are not imported', async () => {
  await importInto(Buffer.from(exported.toString().replace('m0del', 'other')), async (importing, gallery) => {
    await expect(importing).rejects.toEqual(refusal('SPACE_MISMATCH'));
    expect(gallery.list()).toHaveLength(1);
  });
});

test('a file that cannot be read or written is said to be one', async () => {
  await withFolder(async (dir) => {
    const gallery = await open(join(dir, 'gallery'));
    await expect(gallery.importFrom(join(dir, 'none'))).rejects.toEqual(refusal('FILE_NOT_FOUND'));
    await expect(gallery.importFrom(dir)).rejects.toEqual(refusal('EXPORT_MALFORMED'));
    await expect(gallery.exportTo(join(dir, 'none', 'export'))).rejects.toEqual(refusal('FILE_NOT_FOUND'));
    await expect(gallery.exportTo(dir)).rejects.toEqual(refusal('FILE_NOT_FOUND'));
    expect(readdirSync(dir)).toEqual(['gallery']);
    await gallery.close();
  });
});

test('a backup is the gallery as of one moment, made while others write, and only into an empty folder', async () => {
  await withFolder(async (dir) => {
    const gallery = await open(join(dir, 'gallery'), { model: 'the model' });
    const writer = await open(join(dir, 'gallery'));
    for (let n = 0; n < 50; n++) await gallery.enroll(`subject ${n}`, syntheticFace(n));
    const before = gallery.list().length;
    const writing = (async () => {
      for (let n = 50; n < 90; n++) await writer.enroll(`subject ${n}`, syntheticFace(n));
    })();
    await gallery.backupTo(join(dir, 'deep', 'backup'));
    await writing;
    expect(readdirSync(join(dir, 'deep', 'backup'))).toEqual(['gallery.db']);
    const copy = await open(join(dir, 'deep', 'backup'));
    expect(copy.model).toBe('the model');
    expect(copy.list().length).toBeGreaterThanOrEqual(before);
    for (const { subject } of copy.list()) expect(copy.show(subject)).toEqual(gallery.show(subject));
    await copy.close();
    await expect(gallery.backupTo(join(dir, 'deep', 'backup'))).rejects.toEqual(refusal('USAGE'));
    await expect(gallery.backupTo(join(dir, 'deep', 'backup', 'gallery.db'))).rejects.toEqual(refusal('USAGE'));
    mkdirSync(join(dir, 'empty'));
    await gallery.backupTo(join(dir, 'empty'));
    expect(readdirSync(join(dir, 'empty'))).toEqual(['gallery.db']);
    await gallery.close();
    await writer.close();
  });
});
