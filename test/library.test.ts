import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { syntheticPhoto } from '../datasets/synthetic-face.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

test("the README's first example runs as it stands there", async () => {
  const [, example] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  expect(example).toContain("from '@kith/pipeline'");
  const photos = [...example!.matchAll(/'([^']+\.(?:jpg|png))'/g)].map(([, name]) => name!);
  expect(photos.length).toBeGreaterThan(0);

  // the packages resolve from inside the repository; the photos lie where the example is run
  const source = join(root, '.cache', 'readme-example.ts');
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(source, example!);
  const folder = mkdtempSync(join(tmpdir(), 'kith-readme-'));
  for (const [view, name] of [...new Set(photos)].entries()) {
    writeFileSync(join(folder, name), await syntheticPhoto({ identity: 0, view, size: 160 }));
  }
  const loader = join(root, 'node_modules/tsx/dist/loader.mjs');
  const args = ['--conditions', 'kith-source', '--import', loader, source];
  const run = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
  expect(run.stdout).toContain('ada');
});
