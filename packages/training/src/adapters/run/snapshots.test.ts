import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Weights } from '@kith/network';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { withSmallDisk } from '../../../../../test/support/gallery-files.ts';
import { decodeSnapshot, encodeSnapshot } from './snapshot-format.ts';
import { openSnapshots, type SnapshotNotice } from './snapshots.ts';

const run = { configHash: 'c', dataHash: 'd' };
const refusal = (code: string, ...parts: string[]) =>
  expect.objectContaining({ code, message: expect.stringMatching(parts.join('.*')) });

function weightsOf(name: string, ...numbers: number[]): Weights {
  return new Map([[name, { shape: [numbers.length], data: Float32Array.from(numbers) }]]);
}

const snapshotAt = (iteration: number) => ({
  iteration,
  groups: { model: weightsOf('conv1/kernel', iteration, -0, 0.1), optimizer: weightsOf('conv1/kernel/m', 1e-38) },
  state: { bestScore: 0.1, list: [1, 'two'] },
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kith-snapshots-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const fileAt = (iteration: number) => join(folder, `snapshot-${String(iteration).padStart(8, '0')}.safetensors`);
const flip = (file: string, at: number) => {
  const bytes = readFileSync(file);
  bytes[at % bytes.length]! ^= 1;
  writeFileSync(file, bytes);
};

describe('the file', () => {
  test('gives back every bit of every group, empty ones too, and the state', () => {
    const odd = new Uint32Array([0x7fc00001, 0x80000000, 0x00000001, 0xff800000]);
    const data = new Float32Array(odd.buffer);
    const groups = { model: new Map([['a/b', { shape: [2, 2], data }]]), head: new Map(), average: weightsOf('x', 1) };
    const bytes = encodeSnapshot({ iteration: 7, groups, state: { deep: [{ 'sha256":"': '"sha256":"' }] } }, run);
    const read = decodeSnapshot(bytes, { name: 'it' });
    expect(read).toEqual({ iteration: 7, groups, state: { deep: [{ 'sha256":"': '"sha256":"' }] }, ...run });
    expect(new Uint32Array(read.groups.model!.get('a/b')!.data.buffer)).toEqual(odd);
  });

  test('no byte of it can be changed, and none left out, unnoticed', () => {
    const bytes = encodeSnapshot(snapshotAt(3), run);
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = bytes.slice();
        changed[at]! ^= change;
        expect(() => decodeSnapshot(changed, { name: 'it' })).toThrow(refusal('SNAPSHOT_CORRUPT'));
        expect(() => decodeSnapshot(bytes.slice(0, at), { name: 'it' })).toThrow(refusal('SNAPSHOT_CORRUPT'));
      }),
      { numRuns: 300 },
    );
  });
});

describe('the folder', () => {
  test('has the last three and the best, and gives the newest', async () => {
    const snapshots = openSnapshots(folder, run);
    expect(await snapshots.newest()).toBeUndefined();
    expect(await snapshots.best()).toBeUndefined();
    for (const iteration of [1, 2, 3, 4, 5])
      await snapshots.save({ ...snapshotAt(iteration), isBest: iteration === 2 });
    // the same state may be kept a second time, and is then still the best
    await snapshots.save({ ...snapshotAt(6), isBest: true });
    await snapshots.save(snapshotAt(6));
    const names = [4, 5, 6].map((iteration) => `snapshot-0000000${iteration}.safetensors`);
    expect(readdirSync(folder).sort()).toEqual(['best.safetensors', ...names]);
    expect(await snapshots.newest()).toEqual(snapshotAt(6));
    expect(await snapshots.best()).toEqual(snapshotAt(6));
  });

  test('passes over damaged ones, telling of each, and forgets them once the run has gone on from before', async () => {
    const notices: SnapshotNotice[] = [];
    const snapshots = openSnapshots(folder, { ...run, keep: 3, onNotice: (notice) => notices.push(notice) });
    for (const iteration of [10, 20, 30]) await snapshots.save(snapshotAt(iteration));
    truncateSync(fileAt(30), 100);
    flip(fileAt(20), 1000);
    expect(await snapshots.newest()).toEqual(snapshotAt(10));
    expect(notices.map(({ file }) => file)).toEqual([fileAt(30), fileAt(20)]);
    expect(notices.map(({ served }) => served)).toEqual([fileAt(10), fileAt(10)]);
    await snapshots.save(snapshotAt(15));
    expect(readdirSync(folder)).toHaveLength(2);
    expect(await snapshots.newest()).toEqual(snapshotAt(15));
  });

  test('falls back on the best, and says so when nothing is whole', async () => {
    const snapshots = openSnapshots(folder, run);
    await snapshots.save({ ...snapshotAt(1), isBest: true });
    await snapshots.save(snapshotAt(2));
    for (const iteration of [1, 2]) writeFileSync(fileAt(iteration), '');
    expect(await snapshots.newest()).toEqual(snapshotAt(1));
    flip(join(folder, 'best.safetensors'), 50);
    await expect(snapshots.newest()).rejects.toEqual(refusal('SNAPSHOT_CORRUPT', 'All 3 snapshots'));
    await expect(snapshots.best()).rejects.toEqual(refusal('SNAPSHOT_CORRUPT', 'best'));
  });

  test.each([
    [{ configHash: 'x', dataHash: 'd' }, 'other settings \\(configHash c, expected x\\)'],
    [{ configHash: 'c', dataHash: 'y' }, 'other data \\(dataHash d, expected y\\)'],
    [{ configHash: 'x', dataHash: 'y' }, 'other settings .* and other data'],
  ])('refuses those of another run: %j', async (other, message) => {
    await openSnapshots(folder, run).save(snapshotAt(1));
    await expect(openSnapshots(folder, other).newest()).rejects.toEqual(refusal('SNAPSHOT_MISMATCH', message));
  });

  test('keeps at least one, and takes no slash in a group', async () => {
    expect(() => openSnapshots(folder, { ...run, keep: 0 })).toThrow(refusal('USAGE'));
    const groups = { 'a/b': new Map() };
    await expect(openSnapshots(folder, run).save({ iteration: 1, groups, state: 1 })).rejects.toEqual(refusal('USAGE'));
  });
});

describe('a full disk', () => {
  test.each(['writeFile', 'sync'] as const)('that shows in %s leaves what was there', async (call) => {
    const snapshots = openSnapshots(folder, { ...run, keep: 1 });
    await snapshots.save({ ...snapshotAt(1), isBest: true });
    const before = readdirSync(folder);
    const handle = await open(fileAt(1));
    await handle.close();
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    vi.spyOn(Object.getPrototypeOf(handle), call).mockRejectedValue(full);
    await expect(snapshots.save(snapshotAt(2))).rejects.toEqual(refusal('DISK_FULL'));
    await expect(snapshots.save({ ...snapshotAt(2), isBest: true })).rejects.toEqual(refusal('DISK_FULL'));
    vi.restoreAllMocks();
    expect(readdirSync(folder)).toEqual(before);
    expect(await snapshots.newest()).toEqual(snapshotAt(1));
    expect(await snapshots.best()).toEqual(snapshotAt(1));
  });

  test('of a real kind leaves what was there, and with room it goes on', async ({ skip }) => {
    const big = (iteration: number) => ({
      iteration,
      groups: { model: new Map([['w', { shape: [50_000], data: new Float32Array(50_000).fill(iteration) }]]) },
      state: {},
    });
    const outcome = await withSmallDisk(700, async ({ dir, remount }) => {
      const snapshots = openSnapshots(join(dir, 'run'), run);
      for (const iteration of [1, 2, 3]) await snapshots.save(big(iteration));
      await expect(snapshots.save(big(4))).rejects.toEqual(refusal('DISK_FULL'));
      expect(readdirSync(join(dir, 'run'))).toHaveLength(3);
      expect(await snapshots.newest()).toEqual(big(3));
      remount('size=4000k');
      await snapshots.save(big(4));
      expect(await snapshots.newest()).toEqual(big(4));
    });
    if (outcome !== 'done') skip('a small disk needs the right to mount one');
  });
});

/** Saves until it is killed, telling each iteration that is safely kept. */
const saveInALoop = `
  import { openSnapshots } from '${new URL('snapshots.ts', import.meta.url)}';
  const [folder, begin] = process.argv.slice(1);
  const snapshots = openSnapshots(folder, { configHash: 'c', dataHash: 'd' });
  for (let iteration = Number(begin) + 1; ; iteration++) {
    const data = new Float32Array(300_000).fill(iteration);
    await snapshots.save({ iteration, groups: { model: new Map([['w', { shape: [300_000], data }]]) }, state: {} });
    process.stdout.write(iteration + '\\n');
  }
`;

test('kill -9 at any moment leaves a whole newest snapshot, at most one save behind', async () => {
  const notices: SnapshotNotice[] = [];
  let newest = 0;
  for (let round = 0; round < 4; round++) {
    const source = [saveInALoop, folder, String(newest)];
    const child = spawn(
      process.execPath,
      ['--conditions=kith-source', '--import', 'tsx', '--input-type=module', '-e', ...source],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let told = '';
    child.stdout.on('data', (text: Buffer) => {
      told += text;
      if (told.split('\n').length > 3 + round) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const saved = Number(told.trimEnd().split('\n').at(-1));
    const snapshot = await openSnapshots(folder, { ...run, onNotice: (notice) => notices.push(notice) }).newest();
    expect(snapshot!.iteration).toBeGreaterThanOrEqual(saved);
    expect(snapshot!.iteration).toBeLessThanOrEqual(saved + 2);
    expect(saved).toBeGreaterThan(newest);
    expect(new Set(snapshot!.groups.model!.get('w')!.data)).toEqual(new Set([snapshot!.iteration]));
    newest = snapshot!.iteration;
  }
  expect(notices).toEqual([]);
}, 30_000);
