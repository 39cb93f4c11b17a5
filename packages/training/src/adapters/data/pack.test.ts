import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createRandom, type ErrorCode, type Image } from '@kith/core';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { withSmallDisk } from '../../../../../test/support/gallery-files.ts';
import { createPack } from './create-pack.ts';
import { openPack, readFaces } from './open-pack.ts';
import type { PackRow } from './pack-format.ts';
import { createPackFromImages } from './pack-images.ts';

const sidePx = 10;
const bytesOfFace = sidePx * sidePx * 3;
const dir = mkdtempSync(join(tmpdir(), 'kith-pack-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const refusal = (code: ErrorCode) => expect.objectContaining({ name: 'FaceError', code });

function face(row: number): Image {
  const random = createRandom(row + 1);
  return { width: sidePx, height: sidePx, data: Uint8Array.from({ length: bytesOfFace }, () => random() * 256) };
}

/** Names whose order is not that of the rows, and one that JSON has to escape. */
const rowOf = (row: number): PackRow => ({ person: ['Zoë\n"', 'Ann', 'Bob'][row % 3]!, file: `photo ${row}.png` });

/** Write faces up to a row, from where the pack stands. */
function fill(path: string, end: number) {
  const writer = createPack(path, { sidePx, note: 'made for a test' });
  for (let row = writer.rows.length; row < end; row++) writer.append(face(row), rowOf(row));
  return writer;
}

async function expectWhole(path: string, count: number): Promise<void> {
  const pack = await openPack(path, { checkHash: true });
  expect(pack).toMatchObject({ sidePx, count, people: ['Ann', 'Bob', 'Zoë\n"'], note: 'made for a test' });
  const rows = Array.from({ length: count }, (_, row) => row);
  expect([...pack.labels]).toEqual(rows.map((row) => [2, 0, 1][row % 3]));
  expect(pack.files).toEqual(rows.map((row) => rowOf(row).file));
  expect(readFaces(pack, rows).map(({ data }) => data)).toEqual(rows.map((row) => face(row).data));
}

test('a pack gives back what was put in, with or without an ending, and once finished takes more', async () => {
  const path = join(dir, 'whole');
  await fill(path, 7).finish();
  await expectWhole(`${path}.u8`, 7);
  expect(existsSync(`${path}.rows`)).toBe(false);
  await fill(`${path}.json`, 9).finish();
  await expectWhole(path, 9);
});

test('what is not whole is dropped, and the rest written again', async () => {
  const path = join(dir, 'torn');
  fill(path, 6).close();
  // the pixels of a seventh face, its line not whole
  appendFileSync(`${path}.u8`, face(6).data);
  appendFileSync(`${path}.rows`, '{"person":"A');
  expect(fill(path, 0).rows).toHaveLength(6);
  // lines that a power cut left empty
  const lines = readFileSync(`${path}.rows`, 'utf8').split('\n');
  writeFileSync(`${path}.rows`, [...lines.slice(0, 6), '\0\0\0', lines[6], ''].join('\n'));
  expect(fill(path, 0).rows).toHaveLength(5);
  fill(path, 6).close();
  // a face cut short that has its line
  truncateSync(`${path}.u8`, bytesOfFace * 5 + 11);
  const writer = fill(path, 8);
  expect(writer.rows).toHaveLength(8);
  await writer.finish();
  await expectWhole(path, 8);
});

test('a pack whose writer is killed goes on to the same files', async () => {
  const path = join(dir, 'killed');
  const module = JSON.stringify(new URL('./create-pack.ts', import.meta.url));
  const script = `
    import { createPack } from ${module};
    const writer = createPack(${JSON.stringify(path)}, { sidePx: ${sidePx} });
    for (let row = writer.rows.length; ; row++) {
      const data = new Uint8Array(${bytesOfFace}).fill(row);
      writer.append({ width: ${sidePx}, height: ${sidePx}, data }, { person: 'one', file: String(row) });
      if (row % 50 === 49) console.log(row + 1);
    }`;
  let acknowledged = 0;
  for (let kill = 0; kill < 3; kill++) {
    const argv = ['--conditions=kith-source', '--import', 'tsx', '--input-type=module', '--eval', script];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => {
      acknowledged = Number(line);
      child.kill('SIGKILL');
    });
    await once(child, 'close');
  }
  const writer = createPack(path, { sidePx });
  const count = writer.rows.length;
  expect(count).toBeGreaterThanOrEqual(acknowledged);
  await writer.finish();
  const pack = await openPack(path, { checkHash: true });
  expect(pack.files).toEqual(Array.from({ length: count }, (_, row) => String(row)));
  const faces = readFaces(
    pack,
    Array.from({ length: count }, (_, row) => row),
  );
  expect(faces.every(({ data }, row) => data.every((value) => value === row % 256))).toBe(true);
});

test('a pack that is not there, not finished, cut short or changed is refused with a code', async () => {
  const path = join(dir, 'bad');
  await expect(openPack(path)).rejects.toEqual(refusal('FILE_NOT_FOUND'));
  const writer = fill(path, 4);
  await expect(openPack(path)).rejects.toEqual(refusal('FILE_NOT_FOUND'));
  await writer.finish();
  expect(() => createPack(path, { sidePx: 12 })).toThrow(refusal('USAGE'));
  expect(() => createPack(join(dir, 'none'), { sidePx: 0.5 })).toThrow(refusal('USAGE'));
  const pixels = readFileSync(`${path}.u8`);
  pixels[5]! ^= 1;
  writeFileSync(`${path}.u8`, pixels);
  expect((await openPack(path)).count).toBe(4);
  await expect(openPack(path, { checkHash: true })).rejects.toEqual(refusal('DATASET_INCOMPLETE'));
  truncateSync(`${path}.u8`, pixels.length - 1);
  await expect(openPack(path)).rejects.toEqual(refusal('DATASET_INCOMPLETE'));
  for (const text of [
    '{',
    'null',
    '{"sidePx":10}',
    '{"sidePx":10,"labels":[1],"people":["a"],"files":["a"],"sha256":""}',
  ]) {
    writeFileSync(`${path}.json`, text);
    await expect(openPack(path)).rejects.toEqual(refusal('DATASET_INCOMPLETE'));
  }
});

test('a face of another side is refused', () => {
  const writer = createPack(join(dir, 'side'), { sidePx: sidePx + 1 });
  expect(() => writer.append(face(0), rowOf(0))).toThrow(refusal('USAGE'));
  writer.close();
});

test('a full disk is an error with a code, and with room again the writer goes on', async ({ skip }) => {
  const outcome = await withSmallDisk(200, async ({ dir: disk, remount }) => {
    const path = join(disk, 'pack');
    const writer = createPack(path, { sidePx, note: 'made for a test' });
    const add = (end: number) => {
      for (let row = writer.rows.length; row < end; row++) writer.append(face(row), rowOf(row));
    };
    expect(() => add(3000)).toThrow(refusal('DISK_FULL'));
    const had = writer.rows.length;
    expect(had).toBeGreaterThan(100);
    remount('size=8000k');
    add(had + 20);
    await writer.finish();
    await expectWhole(path, had + 20);
  });
  if (outcome !== 'done') skip('a small disk needs the right to mount one');
});

/** Two people with two images each, among files that are none, and as many broken ones as asked for. */
async function imageFolder(name: string, { broken = 0 } = {}): Promise<string> {
  const folder = join(dir, name);
  for (const [i, file] of ['Bo/2.png', 'Bo/1.jpg', 'Al/x.PNG', 'Al/a.webp'].entries()) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    const background = { r: 60 * i, g: 10, b: 200 };
    await sharp({ create: { width: 40, height: 40 + i, channels: 3, background } }).toFile(join(folder, file));
  }
  writeFileSync(join(folder, 'readme.txt'), 'not a person');
  writeFileSync(join(folder, 'Bo', 'list.txt'), 'not an image');
  for (let i = 0; i < broken; i++) writeFileSync(join(folder, 'Al', `broken ${i}.jpg`), 'not a JPEG');
  return folder;
}

test('a folder of images becomes a pack, in the order of the names', async () => {
  const path = join(dir, 'images');
  const folder = await imageFolder('folder');
  const progress: number[] = [];
  const onProgress = (done: number, total: number) => progress.push(done / total);
  const { index, unreadable } = await createPackFromImages(path, {
    folder,
    sidePx,
    note: 'colours',
    onProgress,
    threads: 3,
  });
  expect(unreadable).toEqual([]);
  expect(progress).toEqual([0.25, 0.5, 0.75, 1]);
  expect(index).toMatchObject({ people: ['Al', 'Bo'], labels: [0, 0, 1, 1], note: 'colours' });
  expect(index.files).toEqual(['Al/a.webp', 'Al/x.PNG', 'Bo/1.jpg', 'Bo/2.png']);
  const reds = readFaces(await openPack(path, { checkHash: true }), [0, 1, 2, 3]).map(({ data }) => data[0]!);
  for (const [i, red] of [180, 120, 60, 0].entries()) expect(Math.abs(reds[i]! - red)).toBeLessThan(6);
});

test('images that cannot be decoded are all listed and refused, or skipped on purpose; what was decoded is kept', async () => {
  const path = join(dir, 'broken');
  const folder = await imageFolder('broken folder', { broken: 12 });
  const packed = createPackFromImages(path, { folder, sidePx });
  await expect(packed).rejects.toThrow(/12 images .*Al\/broken 0\.jpg.* and 2 more/);
  await expect(packed).rejects.toEqual(refusal('IMAGE_UNREADABLE'));
  expect(createPack(path, { sidePx }).rows).toHaveLength(4);
  const { index, unreadable } = await createPackFromImages(path, { folder, sidePx, skipUnreadable: true });
  expect(index.files).toHaveLength(4);
  expect(unreadable).toHaveLength(12);
  expect(unreadable[0]!.file).toBe('Al/broken 0.jpg');
});

test('a folder without people, without images or that is not there is refused with a code', async () => {
  const folder = join(dir, 'empty');
  const packed = () => createPackFromImages(join(dir, 'nothing'), { folder, sidePx, skipUnreadable: true });
  await expect(packed()).rejects.toEqual(refusal('FILE_NOT_FOUND'));
  mkdirSync(folder);
  await expect(packed()).rejects.toEqual(refusal('TRAINING_DATA_UNFIT'));
  mkdirSync(join(folder, 'person'));
  writeFileSync(join(folder, 'person', 'a.jpg'), 'broken');
  await expect(packed()).rejects.toEqual(refusal('TRAINING_DATA_UNFIT'));
});
