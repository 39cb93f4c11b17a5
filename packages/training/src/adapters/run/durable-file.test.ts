import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from './durable-file.ts';

test('a folder that cannot be made is a wrong call, not a fault', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kith-folder-'));
  try {
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (const wanted of [file, join(file, 'below')]) {
      await expect(makeFolder(wanted)).rejects.toMatchObject({
        code: 'USAGE',
        message: expect.stringContaining(wanted),
      });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
