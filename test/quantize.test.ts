import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { syntheticPhoto } from '../datasets/synthetic-face.ts';

const script = fileURLToPath(new URL('../apps/lfw/dist/quantize.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'kith-quantize-'));
const list = join(scratch, 'pairsDevTrain.txt');
const images = join(scratch, 'lfw');

/** A data set of drawn people in the form of LFW. */
beforeAll(async () => {
  for (const [identity, name] of ['Ada', 'Bo'].entries()) {
    mkdirSync(join(images, name), { recursive: true });
    for (const view of [1, 2]) {
      writeFileSync(join(images, name, `${name}_000${view}.jpg`), await syntheticPhoto({ identity, view }));
    }
  }
  writeFileSync(list, '2\nAda\t1\t2\nBo\t1\t2\nAda\t1\tBo\t1\nAda\t2\tBo\t2\n');
});
afterAll(() => rmSync(scratch, { recursive: true }));

function quantize(...args: readonly string[]): Promise<{ readonly stdout: string }> {
  return promisify(execFile)(process.execPath, [script, ...args]);
}

test('the same faces give the same file, and its manifest tells of it without a path', async () => {
  const outs = ['one', 'other'].map((folder) => join(scratch, folder, 'net.onnx'));
  const [out, again] = outs as [string, string];
  const { stdout } = await quantize('--images', images, '--pairs', list, '--count', '2', '--out', out);
  await quantize('--images', images, '--pairs', list, '--count', '2', '--out', again);
  const bytes = readFileSync(out);
  expect(bytes.equals(readFileSync(again))).toBe(true);

  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const text = readFileSync(`${out}.json`, 'utf8');
  expect(JSON.parse(text)).toMatchObject({
    format: 1,
    network: 'dlib-resnet29',
    licence: 'CC0-1.0',
    file: 'net.onnx',
    bytes: bytes.length,
    sha256,
    provenance: { data: expect.stringContaining('pairsDevTrain.txt), 2 faces') },
  });
  expect(text).not.toContain(scratch);
  expect(stdout).toContain(sha256);
  expect(Number(/on 2 other faces: (\S+) in the mean/.exec(stdout)?.[1])).toBeGreaterThan(0.99);
});

test.each([
  ['no --out', ['--images', images, '--pairs', list]],
  ['a --count that is no number', ['--images', images, '--pairs', list, '--out', join(scratch, 'x'), '--count', '0']],
  ['an unknown option', ['--faces', '3']],
])('%s is refused as wrong use', async (_, args) => {
  await expect(quantize(...args)).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching(/\(USAGE\)\n$/) });
});
