import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom, randomInteger } from '@kith/core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeTinyPack } from '../packages/training/src/adapters/tfjs/train.test-support.ts';

// settings; those of the run are in support/training-child.ts
const kills = 5;
const interval = 5;
const updates = 120;

const root = fileURLToPath(new URL('../', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'kith-training-kill-'));
const random = createRandom(20_261_125);
let pack: string;

beforeAll(async () => {
  pack = await writeTinyPack(scratch);
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Train in a folder, and kill it a moment after it told of so many updates. */
async function trainIn(dir: string, { killAfter }: { readonly killAfter?: number } = {}) {
  const script = join(root, 'test/support/training-child.ts');
  const child: ChildProcess = spawn(
    process.execPath,
    ['--conditions', 'kith-source', '--import', 'tsx', script, dir, pack],
    // to the bit only on one thread
    { cwd: root, env: { ...process.env, TF_NUM_INTRAOP_THREADS: '1' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let [printed, errors] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    const told = printed.split('\n').length - 2;
    if (killAfter !== undefined && told >= killAfter) setTimeout(() => child.kill('SIGKILL'), random() * 40);
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const [code, signal] = await once(child, 'close');
  const [first, ...steps] = printed.split('\n').slice(0, -1);
  return { code, signal, errors, from: Number(first!.replace('from ', '')), last: Number(steps.at(-1) ?? 0) };
}

/** All snapshots of a run, the best too, by name. */
function snapshots(dir: string): ReadonlyMap<string, string> {
  const folder = join(dir, 'snapshots');
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString('base64')]));
}

test('a training that is killed over and over loses at most an interval each time, and ends with the same bytes', {
  timeout: 900_000,
}, async () => {
  const [whole, killed] = ['whole', 'killed'].map((name) => join(scratch, name)) as [string, string];
  expect(await trainIn(whole)).toMatchObject({ code: 0, errors: '', from: 0, last: updates });

  let reached = 0;
  for (let kill = 0; kill < kills; kill++) {
    const run = await trainIn(killed, { killAfter: 1 + randomInteger(random, 20) });
    expect(run.signal).toBe('SIGKILL');
    // an update is told of before it is kept
    expect(run.from).toBeGreaterThanOrEqual(Math.floor((reached - 1) / interval) * interval);
    expect(run.from).toBeLessThanOrEqual(reached);
    reached = run.last;
  }
  expect(reached).toBeGreaterThan(interval);
  expect(await trainIn(killed)).toMatchObject({ code: 0, errors: '', last: updates });
  const [expected, got] = [snapshots(whole), snapshots(killed)];
  expect([...got.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, bytes] of expected) expect(got.get(name) === bytes, name).toBe(true);
});
