import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withSmallDisk } from '../../../../../test/support/gallery-files.ts';
import type { LogRecord } from '../../report/log-record.ts';
import { differences, hashOf } from './run-config.ts';
import { openRunFolder } from './run-folder.ts';
import { openRunLog, readRunLog } from './run-log.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kith-run-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const refusal = (code: string, ...parts: string[]) =>
  expect.objectContaining({ code, message: expect.stringMatching(parts.join('.*')) });
const config = { solver: { type: 'Adam', baseLr: 0.1, steps: [1, 2] }, seed: 1 };
const description = { config, gitCommit: 'abc', dataHash: 'd1' };
const event = (iteration: number): LogRecord => ({ kind: 'event', iteration, event: `at ${iteration}` });

describe('settings', () => {
  test('hash alike in any order of keys, and not when a number or an order of a list differs', () => {
    expect(hashOf({ a: { x: 1, y: [1, 2] }, b: undefined })).toBe(hashOf({ a: { y: [1, 2], x: 1 } }));
    expect(hashOf({ a: [1, 2] })).not.toBe(hashOf({ a: [2, 1] }));
  });

  test('differ by the path of each key', () => {
    const now = { solver: { type: 'Adam', baseLr: 0.2, steps: [1, 3] }, more: 1 };
    expect(differences(now, config).map(({ text }) => text)).toEqual([
      'solver.baseLr is 0.2, was 0.1',
      'solver.steps is [1,3], was [1,2]',
      'seed is left out, was 1',
      'more is 1, was left out',
    ]);
    expect(differences({ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }).map(({ text }) => text)).toEqual([]);
  });
});

describe('the folder of a run', () => {
  test('is opened again with the settings and data it has, whatever the commit', async () => {
    const first = await openRunFolder(join(dir, 'deep', 'run'), description);
    await first.snapshots.save({ iteration: 3, groups: {}, state: 'here' });
    await first.write('report.html', '<html>');
    first.close();
    const again = await openRunFolder(join(dir, 'deep', 'run'), { ...description, gitCommit: 'def' });
    expect(again.begun).toEqual(description);
    expect(await again.snapshots.newest()).toEqual({ iteration: 3, groups: {}, state: 'here' });
    expect(readFileSync(join(again.dir, 'report.html'), 'utf8')).toBe('<html>');
    again.close();
  });

  test('takes settings with undefined and not finite numbers as JSON does', async () => {
    const loose = { ...description, config: { a: undefined, patience: Number.POSITIVE_INFINITY } };
    (await openRunFolder(dir, loose)).close();
    (await openRunFolder(dir, loose)).close();
  });

  test('refuses other settings and other data, naming the keys, and stays free', async () => {
    (await openRunFolder(dir, description)).close();
    const other = { config: { ...config, seed: 2 }, gitCommit: 'abc', dataHash: 'd2' };
    const told = ['seed is 2, was 1', 'dataHash is "d2", was "d1"'];
    await expect(openRunFolder(dir, other)).rejects.toEqual(refusal('SNAPSHOT_MISMATCH', ...told));
    (await openRunFolder(dir, description)).close();
  });
});

describe('the lock', () => {
  const lock = () => join(dir, 'lock');

  test('lets one in at a time', async () => {
    const run = await openRunFolder(dir, description);
    await expect(openRunFolder(dir, description)).rejects.toEqual(refusal('RUN_LOCKED', `process ${process.pid}`));
    run.close();
    expect(existsSync(lock())).toBe(false);
    (await openRunFolder(dir, description)).close();
  });

  test('is taken over from a process that was killed, not from one that lives', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const stat = `/proc/${child.pid}/stat`;
    const began = existsSync(stat) ? readFileSync(stat, 'utf8').split(') ').at(-1)!.split(' ')[19] : undefined;
    writeFileSync(lock(), JSON.stringify({ host: hostname(), pid: child.pid, began }));
    await expect(openRunFolder(dir, description)).rejects.toEqual(refusal('RUN_LOCKED', `process ${child.pid}`));
    child.kill('SIGKILL');
    await once(child, 'close');
    (await openRunFolder(dir, description)).close();
  });

  test('is taken over from a process whose id another has by now', async () => {
    writeFileSync(lock(), JSON.stringify({ host: hostname(), pid: process.pid, began: '1' }));
    (await openRunFolder(dir, description)).close();
  });

  test('of another machine, or one that cannot be read, stands, and the message tells how to go on', async () => {
    for (const text of [JSON.stringify({ host: 'elsewhere', pid: 1, began: '1' }), '']) {
      writeFileSync(lock(), text);
      await expect(openRunFolder(dir, description)).rejects.toEqual(refusal('RUN_LOCKED', 'remove .*lock'));
    }
  });
});

test('a full disk leaves no lock behind', async ({ skip }) => {
  const outcome = await withSmallDisk(64, async ({ dir: disk, remount }) => {
    expect(() => writeFileSync(join(disk, 'all'), Buffer.alloc(1 << 20))).toThrow(/ENOSPC/);
    await expect(openRunFolder(disk, description)).rejects.toEqual(refusal('DISK_FULL'));
    remount('size=1000k');
    (await openRunFolder(disk, description)).close();
  });
  if (outcome !== 'done') skip('a small disk needs the right to mount one');
});

describe('the log', () => {
  const path = () => join(dir, 'log.jsonl');

  test('is cut back to where the run goes on, so that no line is there twice', async () => {
    const log = await openRunLog(path());
    for (const iteration of [0, 1, 2, 2, 3, 4]) log.append(event(iteration));
    await log.cutBack(2);
    log.append(event(3));
    expect(log.records()).toEqual([0, 1, 2, 2, 3].map(event));
    log.close();
    expect(await readRunLog(path())).toEqual([0, 1, 2, 2, 3].map(event));
  });

  test('is read without a torn last line, which is gone once it is written on', async () => {
    const log = await openRunLog(path());
    log.append(event(1));
    log.close();
    appendFileSync(path(), '{"kind":"event","itera');
    expect(await readRunLog(path())).toEqual([event(1)]);
    const again = await openRunLog(path());
    again.append(event(2));
    expect(again.records()).toEqual([event(1), event(2)]);
    again.close();
    expect(await readRunLog(join(dir, 'none'))).toEqual([]);
  });

  test('tells numbers that are not finite', async () => {
    const log = await openRunLog(path());
    log.append({
      kind: 'step',
      iteration: 1,
      epoch: 0,
      loss: Number.NaN,
      learningRate: 1,
      gradientNorm: 1,
      imagesPerSecond: 1,
      waitShare: 0,
    });
    expect(log.records()).toMatchObject([{ loss: Number.NaN }]);
    log.close();
  });

  test('has whole lines only on a full disk', async ({ skip }) => {
    const outcome = await withSmallDisk(64, async ({ dir: disk, remount }) => {
      const log = await openRunLog(join(disk, 'log.jsonl'));
      const long = (iteration: number): LogRecord => ({ ...event(iteration), kind: 'event', event: 'x'.repeat(3000) });
      let written = 0;
      const fill = () => {
        for (; written < 100; written++) log.append(long(written));
      };
      expect(fill).toThrow(refusal('DISK_FULL'));
      expect(log.records()).toHaveLength(written);
      remount('size=1000k');
      fill();
      expect(log.records().map(({ iteration }) => iteration)).toEqual(Array.from({ length: 100 }, (_, i) => i));
      log.close();
    });
    if (outcome !== 'done') skip('a small disk needs the right to mount one');
  });
});
