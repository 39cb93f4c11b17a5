import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lfwImagePath, parseLfwPairs } from '@kith/evaluation';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findImageFolder, imagesOf, readPairs } from './lfw-images.ts';

const lines = ['1\t2', 'Ada_L\t1\t2', 'Alan\t1\t3', 'Ada_L\t1\tAlan\t1', 'Ada_L\t2\tKurt\t10'];
const needed = [
  'Ada_L/Ada_L_0001.jpg',
  'Ada_L/Ada_L_0002.jpg',
  'Alan/Alan_0001.jpg',
  'Alan/Alan_0003.jpg',
  'Kurt/Kurt_0010.jpg',
];

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'kith-lfw-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

/** Lay a fake LFW tree: the images asked for, gaps between their numbers, and files that do not belong. */
async function fakeTree(folder: string, paths: readonly string[]): Promise<void> {
  const strays = ['.DS_Store', 'Ada_L/Thumbs.db', 'Ada_L/Ada_L_0007.png', 'Nobody/readme.txt'];
  for (const path of [...paths, ...strays]) {
    await mkdir(dirname(join(root, folder, path)), { recursive: true });
    await writeFile(join(root, folder, path), '');
  }
}

async function pairsFile(): Promise<string> {
  const file = join(root, 'pairs.txt');
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

test.each(['.', 'lfw-deepfunneled', 'lfw', 'lfw/lfw-deepfunneled'])(
  'images are found in %s below the folder',
  async (below) => {
    await fakeTree(below, needed);
    const list = await readPairs(await pairsFile());
    expect(await findImageFolder(root, [list])).toBe(join(root, below));
    expect([...imagesOf([list])].sort()).toEqual(needed);
  },
);

test('a missing image is named with the line of the list that asks for it first', async () => {
  await fakeTree(
    'lfw',
    needed.filter((path) => !path.startsWith('Alan')),
  );
  const file = await pairsFile();
  await expect(findImageFolder(root, [await readPairs(file)])).rejects.toMatchObject({
    code: 'DATASET_INCOMPLETE',
    message: `${file}:3: Alan/Alan_0001.jpg is not in ${join(root, 'lfw')}, nor is 1 other image.`,
  });
});

test('an image of the second list is missed too', async () => {
  await fakeTree('.', needed);
  const other = parseLfwPairs(['1', 'Ada_L\t1\t2', 'Ada_L\t1\tGrace\t1'].join('\n'), { file: 'other.txt' });
  await expect(findImageFolder(root, [await readPairs(await pairsFile()), other])).rejects.toThrow(
    'other.txt:3: Grace/Grace_0001.jpg',
  );
});

test('a folder or a list that is not there is said to be', async () => {
  const list = await readPairs(await pairsFile());
  await expect(findImageFolder(join(root, 'none'), [list])).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  await expect(readPairs(join(root, 'none.txt'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});

test('a list names each image once, the same photo in several pairs too', async () => {
  const list = await readPairs(await pairsFile());
  const named = list.pairs.flatMap(({ one, other }) => [lfwImagePath(one), lfwImagePath(other)]);
  expect(imagesOf([list, list])).toEqual([...new Set(named)]);
});
