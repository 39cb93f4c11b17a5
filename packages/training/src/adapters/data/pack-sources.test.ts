import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ErrorCode } from '@kith/core';
import sharp from 'sharp';
import { Header } from 'tar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPack } from './create-pack.ts';
import { openPack, readFaces } from './open-pack.ts';
import { createPackFromArchive } from './pack-archive.ts';
import { createPackFromImages } from './pack-images.ts';
import { createPackFromList } from './pack-list.ts';

const sidePx = 10;
const dir = mkdtempSync(join(tmpdir(), 'kith-sources-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const refusal = (code: ErrorCode) => expect.objectContaining({ code });

/** Files in LFW's layout, three people with one to three photos. */
const photos: { readonly path: string; readonly data: Buffer }[] = [];
const root = join(dir, 'lfw');

beforeAll(async () => {
  for (const [p, person] of ['Al_A', 'Bo', 'Cy_de_C'].entries()) {
    mkdirSync(join(root, person), { recursive: true });
    for (let number = 1; number <= p + 1; number++) {
      const background = { r: 40 * p, g: 40 * number, b: 200 };
      const data = await sharp({ create: { width: 30, height: 30, channels: 3, background } })
        .jpeg()
        .toBuffer();
      const path = `${person}/${person}_000${number}.jpg`;
      writeFileSync(join(root, path), data);
      photos.push({ path, data });
    }
  }
});

interface Entry {
  readonly path: string;
  readonly data?: Uint8Array;
  readonly type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link' | 'FIFO';
  /** What the header says, where that is not the data's length. */
  readonly size?: number;
}

/** A tar archive, byte by byte. */
function tarOf(entries: readonly Entry[], { isEnded = true } = {}): Buffer {
  const blocks = entries.flatMap(({ path, data = new Uint8Array(0), type = 'File', size = data.length }) => {
    const header = new Header({
      path,
      type,
      size,
      mode: 0o644,
      ...(type.endsWith('Link') ? { linkpath: '/etc/passwd' } : {}),
    });
    header.encode();
    return [header.block!, data, new Uint8Array((512 - (data.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, new Uint8Array(isEnded ? 1024 : 0)]);
}

function archiveOf(name: string, content: Uint8Array): string {
  const file = join(dir, name);
  writeFileSync(file, content);
  return file;
}

const inLfw = (): Entry[] => [
  { path: 'lfw/', type: 'Directory' },
  ...photos.map(({ path, data }) => ({ path: `lfw/${path}`, data })),
];

test('an archive, gzipped or not, gives the pack that its unpacked folder gives', async () => {
  const { index: expected } = await createPackFromImages(join(dir, 'folder-pack'), { folder: root, sidePx });
  for (const [name, content] of [
    ['lfw.tar', tarOf(inLfw())],
    ['lfw.tgz', gzipSync(tarOf(inLfw()))],
  ] as const) {
    const path = join(dir, `${name}-pack`);
    const archive = archiveOf(name, content);
    const progress: number[] = [];
    const onProgress = (done: number, total: number) => progress.push(done / total);
    const { index, unreadable } = await createPackFromArchive(path, { archive, sidePx, onProgress, threads: 2 });
    expect(unreadable).toEqual([]);
    expect(index).toEqual({ ...expected, files: expected.files.map((file) => `lfw/${file}`) });
    expect(progress.at(-1)).toBe(1);
    expect((await openPack(path, { checkHash: true })).count).toBe(6);
  }
});

test('a real archive with its long names is read too', async () => {
  const { create } = await import('tar');
  const long = `lfw/${'Long_Name_'.repeat(20)}`;
  mkdirSync(join(dir, 'long', long), { recursive: true });
  writeFileSync(join(dir, 'long', long, 'a.jpg'), photos[0]!.data);
  const archive = join(dir, 'long.tgz');
  await create({ file: archive, cwd: join(dir, 'long'), gzip: true }, ['lfw']);
  const { index } = await createPackFromArchive(join(dir, 'long-pack'), { archive, sidePx });
  expect(index).toMatchObject({ people: ['Long_Name_'.repeat(20)], files: [`${long}/a.jpg`] });
});

test('what names, links and sizes say leads nowhere', async () => {
  const data = photos[0]!.data;
  const other = photos.at(-1)!.data;
  const archive = archiveOf(
    'hostile.tgz',
    gzipSync(
      tarOf([
        { path: '../../../evil/a.jpg', data },
        { path: '/evil/b.jpg', data },
        { path: '../c.jpg', data },
        { path: 'd.jpg', data },
        { path: 'evil/._e.jpg', data: Buffer.from('resource fork') },
        { path: 'evil/f.txt', data: Buffer.from('not an image') },
        { path: 'evil/g.jpg', type: 'SymbolicLink' },
        { path: 'evil/h.jpg', type: 'Link' },
        { path: 'evil/i.jpg', type: 'FIFO' },
        { path: 'evil/j.jpg', type: 'Directory' },
        { path: 'good/k.jpg', data },
        { path: 'good/k.jpg', data: other },
      ]),
    ),
  );
  const before = readdirSync(dir);
  const path = join(dir, 'hostile-pack');
  const { index } = await createPackFromArchive(path, { archive, sidePx });
  expect(index.files).toEqual(['../../../evil/a.jpg', '/evil/b.jpg', 'good/k.jpg']);
  expect(index.people).toEqual(['evil', 'good']);
  const [first, , last] = readFaces(await openPack(path), [0, 1, 2]);
  expect(last).toEqual(first);
  expect(
    readdirSync(dir)
      .filter((name) => !before.includes(name))
      .sort(),
  ).toEqual(['hostile-pack.json', 'hostile-pack.u8']);
});

test('an archive that is cut short anywhere is refused; the whole one then goes on where it ended', async () => {
  const whole = tarOf(inLfw());
  const path = join(dir, 'cut-pack');
  const cut = async (content: Uint8Array) => {
    const archive = archiveOf('cut.tar', content);
    const packed = createPackFromArchive(path, { archive, sidePx });
    await expect(packed).rejects.toEqual(refusal('DATASET_INCOMPLETE'));
    await expect(packed).rejects.toThrow(/cut\.tar cannot be read to its end: /);
  };
  // inside an image, inside a header, between two entries
  for (const end of [700, 1100, whole.length - 1024 - 512, whole.length - 1024]) await cut(whole.subarray(0, end));
  const zipped = gzipSync(whole);
  for (const end of [5, 300, zipped.length - 4]) await cut(zipped.subarray(0, end));
  const flipped = Buffer.from(whole);
  flipped[1024 + 3] = 1 ^ flipped[1024 + 3]!;
  await cut(flipped.fill('x', 512, 520));
  await cut(Buffer.from('no archive at all'.repeat(100)));
  await cut(Buffer.alloc(0));
  const begun = createPack(path, { sidePx });
  expect(begun.rows.length).toBeGreaterThan(2);
  begun.close();
  const { index } = await createPackFromArchive(path, { archive: archiveOf('whole.tar', whole), sidePx });
  expect(index.files.toSorted()).toEqual(photos.map((photo) => `lfw/${photo.path}`));
  expect((await openPack(path, { checkHash: true })).count).toBe(6);
});

test('images of an archive that cannot be decoded are listed and refused, or skipped on purpose', async () => {
  const broken = [
    { path: 'lfw/Al_A/broken.jpg', data: Buffer.from('not a JPEG') },
    { path: 'lfw/Al_A/empty.jpg' },
    { path: 'lfw/Al_A/cut.jpg', data: photos[0]!.data.subarray(0, 200) },
  ];
  const archive = archiveOf('broken.tgz', gzipSync(tarOf([...inLfw(), ...broken])));
  const path = join(dir, 'broken-pack');
  const packed = createPackFromArchive(path, { archive, sidePx });
  await expect(packed).rejects.toThrow(/3 images in .*broken\.tgz cannot be decoded: lfw\/Al_A\/broken\.jpg/);
  await expect(packed).rejects.toEqual(refusal('IMAGE_UNREADABLE'));
  const { index, unreadable } = await createPackFromArchive(path, { archive, sidePx, skipUnreadable: true });
  expect(index.files).toHaveLength(6);
  expect(unreadable.map(({ file }) => file)).toEqual(broken.map((entry) => entry.path));
});

test('an archive without images, or none at all, is refused with a code', async () => {
  const packed = (archive: string) => createPackFromArchive(join(dir, 'none-pack'), { archive, sidePx });
  await expect(packed(join(dir, 'no such.tgz'))).rejects.toEqual(refusal('FILE_NOT_FOUND'));
  await expect(packed(archiveOf('none.tar', tarOf([{ path: 'lfw/', type: 'Directory' }])))).rejects.toEqual(
    refusal('TRAINING_DATA_UNFIT'),
  );
});

test('a list of paths gives a pack in its order', async () => {
  const list = archiveOf(
    'list.txt',
    Buffer.from('Bo/Bo_0002.jpg\tRobert\nAl_A/Al_A_0001.jpg\tAlbert\nBo/Bo_0001.jpg\tRobert\n'),
  );
  const progress: number[] = [];
  const onProgress = (done: number, total: number) => progress.push(done / total);
  const { index } = await createPackFromList(join(dir, 'list-pack'), { list, root, sidePx, onProgress });
  expect(index).toMatchObject({
    people: ['Albert', 'Robert'],
    labels: [1, 0, 1],
    files: ['Bo/Bo_0002.jpg', 'Al_A/Al_A_0001.jpg', 'Bo/Bo_0001.jpg'],
  });
  expect(progress).toEqual([1 / 3, 2 / 3, 1]);
});

test("one of LFW's lists of people gives their images, the same ones as the folder", async () => {
  const list = archiveOf('peopleDevTrain.txt', Buffer.from('3\nAl_A\t1\nBo\t2\nCy_de_C\t3\n'));
  const { index } = await createPackFromList(join(dir, 'people-pack'), { list, root, sidePx });
  const { index: expected } = await createPackFromImages(join(dir, 'same-pack'), { folder: root, sidePx });
  expect(index).toEqual(expected);
});

test('a list with a bad line, a missing image, no image or no file is refused with a code and its line', async () => {
  const path = join(dir, 'bad-list-pack');
  const packed = (text: string) =>
    createPackFromList(path, { list: archiveOf('bad.txt', Buffer.from(text)), root, sidePx });
  await expect(packed('Bo/Bo_0001.jpg Bo\nBo/Bo_0002.jpg')).rejects.toThrow(/bad\.txt:2: /);
  await expect(packed('Bo/Bo_0001.jpg Bo\nBo/Bo_0002.jpg')).rejects.toEqual(refusal('PAIRS_MALFORMED'));
  const missing = packed('2\nBo\t3\nAl_A\t2\n');
  await expect(missing).rejects.toEqual(refusal('DATASET_INCOMPLETE'));
  await expect(missing).rejects.toThrow(/bad\.txt:2: Bo\/Bo_0003\.jpg is not in .*, nor are 1 others of 5\./);
  await expect(packed('')).rejects.toEqual(refusal('TRAINING_DATA_UNFIT'));
  await expect(createPackFromList(path, { list: join(dir, 'no such.txt'), root, sidePx })).rejects.toEqual(
    refusal('FILE_NOT_FOUND'),
  );
  expect(() => readFileSync(`${path}.u8`)).toThrow(/ENOENT/);
});
