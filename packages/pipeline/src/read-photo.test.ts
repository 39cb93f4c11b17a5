import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readPhoto } from './read-photo.ts';

const scratch = mkdtempSync(join(tmpdir(), 'kith-read-photo-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("a file's bytes come as they are", async () => {
  const file = join(scratch, 'bytes');
  writeFileSync(file, Uint8Array.of(0, 255, 10));
  expect([...(await readPhoto(file))]).toEqual([0, 255, 10]);
  await expect(readPhoto(join(file, 'inside'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  await expect(readPhoto(scratch)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
});

test('a file of more than 512 MiB is refused before it is read', async () => {
  const file = join(scratch, 'sparse');
  writeFileSync(file, '');
  truncateSync(file, 512 * 2 ** 20 + 1);
  await expect(readPhoto(file)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
});

test.skipIf(process.platform === 'win32')('a pipe and a device are refused at once', async () => {
  const pipe = join(scratch, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const path of [pipe, '/dev/zero']) {
    await expect(readPhoto(path)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
  }
});
