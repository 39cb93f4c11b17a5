import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, FaceError, randomInteger } from '@kith/core';
import { openGallery } from '@kith/pipeline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kith, startKith } from './support/kith-process.ts';
import { writeManyPhotos } from './support/many-photos.ts';

// settings
const subjects = 40;
const each = 5;
const kills = 20;
const timeoutMs = 900_000;

const scratch = mkdtempSync(join(tmpdir(), 'kith-kill-'));
const photos = join(scratch, 'photos');
const interrupted = join(scratch, 'interrupted');
const whole = join(scratch, 'whole');
const random = createRandom(20_261_124);

beforeAll(() => writeManyPhotos(photos, { subjects, each, size: 112 }));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Wait for so many lines of stdout and a moment more, then kill; what was printed by then was promised. */
async function killAfter(
  child: ChildProcess,
  { lines, delayMs }: { lines: number; delayMs: number },
): Promise<string[]> {
  let printed = '';
  const ended = once(child, 'close');
  let timer: NodeJS.Timeout | undefined;
  const arm = () => {
    timer ??= setTimeout(() => child.kill('SIGKILL'), delayMs);
  };
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (printed.split('\n').length > lines) arm();
  });
  if (lines === 0) arm();
  await ended;
  clearTimeout(timer);
  return printed.split('\n').slice(0, -1);
}

/** Every enrolled face as `subject/file id`, as another process would see it. */
async function enrolledFaces(dir: string): Promise<string[]> {
  const gallery = await openGallery(dir, { create: false, readOnly: true });
  const faces = gallery
    .list()
    .flatMap(({ subject }) => gallery.show(subject).map(({ file, id }) => `${subject}/${file} ${id}`));
  await gallery.close();
  return faces;
}

/** All that an export holds but the times, in order of ids. */
async function contents(dir: string): Promise<unknown[]> {
  const gallery = await openGallery(dir, { create: false, readOnly: true });
  const file = join(scratch, 'contents.export');
  await gallery.exportTo(file);
  await gallery.close();
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(1, -1);
  rmSync(file);
  return lines
    .map((line) => ({ ...(JSON.parse(line) as { id: string }), time: '' }))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

test('enroll --from, killed 20 times: nothing promised is lost, nothing is twice, and the end is that of one run', {
  timeout: timeoutMs,
}, async () => {
  const promised = new Set<string>();
  let midway = 0;
  for (let kill = 0; kill < kills; kill++) {
    const child = startKith(['enroll', '--from', photos, '--gallery', interrupted]);
    // now and then while it starts, mostly a little way into new faces
    const lines = kill % 5 === 4 ? 0 : promised.size + 1 + randomInteger(random, 5);
    const printed = await killAfter(child, {
      lines,
      delayMs: lines === 0 ? randomInteger(random, 1000) : random() * 30,
    });
    if (child.signalCode === 'SIGKILL') midway++;
    for (const line of printed) {
      const [status, name, id] = line.split(/\s+/);
      expect(['enrolled', 'unchanged']).toContain(status);
      // what was promised before must not be new
      if (promised.has(`${name} ${id}`)) expect(status).toBe('unchanged');
      promised.add(`${name} ${id}`);
    }
    if (promised.size === 0) continue;
    const there = await enrolledFaces(interrupted);
    expect(new Set(there).size).toBe(there.length);
    for (const face of promised) expect(there).toContain(face);
  }
  expect(midway).toBeGreaterThanOrEqual(kills - 2);
  expect(promised.size).toBeLessThan(subjects * each);

  const [last, single] = await Promise.all([
    kith(['enroll', '--from', photos, '--gallery', interrupted]),
    kith(['enroll', '--from', photos, '--gallery', whole]),
  ]);
  expect([last.code, single.code]).toEqual([0, 0]);
  expect(single.stdout.match(/^enrolled/gm)).toHaveLength(subjects * each);
  expect(last.stdout.match(/^(enrolled|unchanged)/gm)).toHaveLength(subjects * each);
  expect(await contents(interrupted)).toEqual(await contents(whole));
});

/** Remove a subject, whether it is there or not; tells whether it was. */
async function removeIfThere(dir: string, subject: string): Promise<boolean> {
  const gallery = await openGallery(dir, { create: false });
  try {
    await gallery.remove(subject);
    return true;
  } catch (error) {
    if (error instanceof FaceError && error.code === 'SUBJECT_NOT_FOUND') return false;
    throw error;
  } finally {
    await gallery.close();
  }
}

test('remove, killed 20 times: a subject is wholly there or wholly gone, and what was promised gone stays gone', {
  timeout: timeoutMs,
}, async () => {
  const left = new Map((await enrolledFaces(whole)).map((face) => [face, face.split('/')[0]!]));
  const names = [...new Set(left.values())].slice(0, kills);
  const began = Date.now();
  await kith(['remove', 'subject-039', '--gallery', whole]);
  const usualMs = Date.now() - began;
  for (const [face, subject] of left) if (subject === 'subject-039') left.delete(face);

  let midway = 0;
  for (const name of names) {
    const child = startKith(['remove', name, '--gallery', whole]);
    const [printed] = await killAfter(child, { lines: 0, delayMs: usualMs * (0.2 + 0.8 * random()) });
    if (child.signalCode === 'SIGKILL') midway++;
    const there = await enrolledFaces(whole);
    const mine = there.filter((face) => face.startsWith(`${name}/`));
    expect([0, each]).toContain(mine.length);
    if (printed !== undefined) expect(mine).toEqual([]);
    // removing again ends the matter
    expect(await removeIfThere(whole, name)).toBe(mine.length > 0);
    for (const [face, subject] of left) if (subject === name) left.delete(face);
    expect(await enrolledFaces(whole)).toEqual([...left.keys()]);
  }
  expect(midway).toBeGreaterThan(0);
});
