import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { photosBelow } from './photos-below.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'kith-photos-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function lay(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), '');
  }
}

test('photos are found at any depth, in order; hidden files and others are none', async () => {
  await lay(
    'Zoë 名/b c.JPG',
    'Ada/2019/x.png',
    'Ada/a.jpeg',
    'loose.webp',
    'Ada/notes.txt',
    'Ada/._a.jpeg',
    '.trash/x.jpg',
  );
  expect(await photosBelow(root)).toEqual(['Ada/2019/x.png', 'Ada/a.jpeg', 'Zoë 名/b c.JPG', 'loose.webp']);
});

test('links are followed, but none back up; one that leads nowhere is told of when it is read', async () => {
  await lay('people/Ada/a.jpg', 'elsewhere/b.jpg');
  await symlink(join(root, 'elsewhere'), join(root, 'people/Bo'));
  await symlink(join(root, 'people'), join(root, 'people/Ada/up'));
  await symlink('..', join(root, 'elsewhere/around'));
  await symlink(join(root, 'nothing'), join(root, 'people/Ada/gone.jpg'));
  const photos = await photosBelow(join(root, 'people'));
  expect(photos).toEqual(expect.arrayContaining(['Ada/a.jpg', 'Ada/gone.jpg', 'Bo/b.jpg']));
  expect(photos.length).toBeLessThan(10);
});

test('a folder that is not there, or is a file, is refused', async () => {
  await lay('a.jpg');
  for (const name of ['nowhere', 'a.jpg']) {
    await expect(photosBelow(join(root, name))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  }
});
