import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writePicture } from './write-picture.ts';

const picture = Uint8Array.of(1, 2, 3);
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kith-picture-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('a picture takes the place of an older one, also behind a link, and nothing else is left', async () => {
  writeFileSync(join(dir, 'old.png'), 'the older picture');
  symlinkSync(join(dir, 'old.png'), join(dir, 'link.png'));
  await writePicture(join(dir, 'link.png'), picture);
  await writePicture(join(dir, 'new.png'), picture);
  expect(readdirSync(dir).sort()).toEqual(['link.png', 'new.png', 'old.png']);
  for (const name of ['old.png', 'new.png']) expect([...readFileSync(join(dir, name))]).toEqual([...picture]);
});

test('a folder, and a folder that is missing, are a wrong call', async () => {
  for (const path of [dir, join(dir, 'none', 'picture.png')]) {
    await expect(writePicture(path, picture)).rejects.toMatchObject({ code: 'USAGE' });
  }
  expect(readdirSync(dir)).toEqual([]);
});

test.skipIf(process.platform === 'win32')('a pipe is written to, not replaced', async () => {
  const pipe = join(dir, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const reader = readFile(pipe);
  await writePicture(pipe, picture);
  expect([...(await reader)]).toEqual([...picture]);
  expect(statSync(pipe).isFIFO()).toBe(true);
});
