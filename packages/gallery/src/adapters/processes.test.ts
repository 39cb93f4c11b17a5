import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandom, type FaceError, randomInteger } from '@kith/core';
import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { syntheticEmbedding, syntheticFace, testSpace, withFolder } from '../../../../test/support/gallery-faces.ts';
import { type EmbeddingGallery, openGalleryStore } from '../index.ts';

const refusal = (code: FaceError['code']) => expect.objectContaining({ name: 'FaceError', code });
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const faces = 300;
const kills = 20;
/** Twenty processes are started one after another, on whatever machine. */
const manyProcesses = { timeout: 600_000 };

interface Job {
  readonly faces: number;
  readonly facesOfSubject: number;
  readonly index?: 'exact' | 'hnsw';
}

/** Start a process of `test/support/gallery-child.ts`; `onLine` hears its acknowledgements. */
function start(
  job: 'enroll' | 'remove' | 'hold' | 'leave',
  dir: string,
  settings: Job,
  onLine: (line: string) => void,
): ChildProcess {
  const script = join(root, 'test/support/gallery-child.ts');
  const child = spawn(
    process.execPath,
    ['--conditions=kith-source', '--import', 'tsx', script, job, dir, JSON.stringify(settings)],
    { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  createInterface({ input: child.stdout! }).on('line', onLine);
  return child;
}

/** Let a job run to its end, or kill it a moment after so many acknowledgements. */
async function run(
  job: 'enroll' | 'remove' | 'leave',
  dir: string,
  settings: Job,
  { killAfter = Number.POSITIVE_INFINITY, delayMs = 0 } = {},
): Promise<{ readonly acknowledged: string[]; readonly killed: boolean }> {
  const acknowledged: string[] = [];
  const child = start(job, dir, settings, (line) => {
    acknowledged.push(line);
    if (acknowledged.length === killAfter) void delay(delayMs).then(() => child.kill('SIGKILL'));
  });
  const [code] = await once(child, 'close');
  if (code !== null && code !== 0) throw new Error(`the child ended with ${code}`);
  return { acknowledged, killed: code === null };
}

/** All that a gallery tells of itself but the time. */
function told(gallery: EmbeddingGallery): unknown[] {
  return gallery.list().flatMap(({ subject }) => gallery.show(subject).map(({ time: _, ...entry }) => entry));
}

async function withOpen<T>(dir: string, work: (gallery: EmbeddingGallery) => Promise<T> | T): Promise<T> {
  const gallery = await openGalleryStore(dir, { space: testSpace });
  try {
    return await work(gallery);
  } finally {
    await gallery.close();
  }
}

/** A gallery made in one run, by this process. */
async function enrollAll(dir: string, facesOfSubject: number): Promise<void> {
  await withOpen(dir, async (gallery) => {
    for (let n = 0; n < faces; n++) await gallery.enroll(`subject ${Math.floor(n / facesOfSubject)}`, syntheticFace(n));
  });
}

test('killed at 20 moments and run again, an enrolment loses nothing and doubles nothing', manyProcesses, async () => {
  await withFolder(async (dir) => {
    const random = createRandom(2024);
    const settings = { faces, facesOfSubject: 3 };
    const acknowledged = new Set<number>();
    const enrolledAgain: number[] = [];
    for (let kill = 0; kill < kills; kill++) {
      // the index's thread and its cache take part now and then
      const index = kill % 5 === 4 ? 'hnsw' : 'exact';
      // known faces come first, so each run gets a few faces farther than the one before
      const killAfter = acknowledged.size + 1 + randomInteger(random, 20);
      const { acknowledged: lines, killed } = await run(
        'enroll',
        join(dir, 'killed'),
        { ...settings, index },
        { killAfter, delayMs: 8 * random() },
      );
      expect(killed || lines.length === faces).toBe(true);
      for (const line of lines) {
        const [number, status] = line.split(' ');
        if (status === 'enrolled' && acknowledged.has(Number(number))) enrolledAgain.push(Number(number));
        acknowledged.add(Number(number));
      }
      await withOpen(join(dir, 'killed'), (gallery) => {
        for (const n of acknowledged)
          expect(gallery.contains(`subject ${Math.floor(n / 3)}`, syntheticFace(n).contentHash)).toBeDefined();
        const total = gallery.list().reduce((sum, subject) => sum + subject.faces, 0);
        // at most the one face whose acknowledgement was cut off
        expect(total - acknowledged.size).toBeLessThanOrEqual(1);
      });
    }
    expect(enrolledAgain).toEqual([]);
    await run('enroll', join(dir, 'killed'), { ...settings, index: 'hnsw' });
    await enrollAll(join(dir, 'single'), 3);
    const expected = await withOpen(join(dir, 'single'), told);
    expect(expected).toHaveLength(faces);
    await withOpen(join(dir, 'killed'), async (gallery) => {
      expect(told(gallery)).toEqual(expected);
      for (let n = 0; n < faces; n += 7) {
        const { candidates } = await gallery.identify(syntheticEmbedding(n), { top: 1 });
        expect(candidates[0]).toMatchObject({ subject: `subject ${Math.floor(n / 3)}`, distance: 0 });
      }
    });
  });
});

test('killed at 20 moments and run again, a removal brings nothing back', manyProcesses, async () => {
  await withFolder(async (dir) => {
    const random = createRandom(7);
    await enrollAll(join(dir, 'killed'), 1);
    const settings = { faces: 290, facesOfSubject: 1 };
    const acknowledged = new Set<string>();
    for (let kill = 0; kill < kills; kill++) {
      const killAfter = 1 + randomInteger(random, 12);
      const { acknowledged: lines } = await run('remove', join(dir, 'killed'), settings, {
        killAfter,
        delayMs: 8 * random(),
      });
      for (const line of lines) {
        const subject = `subject ${line.split(' ')[0]}`;
        expect(acknowledged).not.toContain(subject);
        acknowledged.add(subject);
      }
      await withOpen(join(dir, 'killed'), (gallery) => {
        const present = gallery.list().map(({ subject }) => subject);
        expect(present.filter((subject) => acknowledged.has(subject))).toEqual([]);
        expect(present.length).toBeGreaterThanOrEqual(faces - acknowledged.size - (kill + 1));
      });
    }
    await run('remove', join(dir, 'killed'), settings);
    await withOpen(join(dir, 'single'), async (gallery) => {
      for (let n = 290; n < faces; n++) await gallery.enroll(`subject ${n}`, syntheticFace(n));
    });
    const expected = await withOpen(join(dir, 'single'), told);
    expect(await withOpen(join(dir, 'killed'), told)).toEqual(expected);
    const database = new SqliteDatabase(join(dir, 'killed', 'gallery.db'));
    expect(database.prepare('SELECT count(*) AS n, count(DISTINCT face) AS faces FROM tombstones').get()).toEqual({
      n: 290,
      faces: 290,
    });
    database.close();
  });
});

test('while another process writes, reading goes on, a write waits, and gives up in time', async () => {
  await withFolder(async (dir) => {
    await withOpen(dir, (gallery) => gallery.enroll('ada', syntheticFace(1)));
    const gallery = await openGalleryStore(dir, { space: testSpace, lockTimeoutMs: 300 });
    const patient = await openGalleryStore(dir, { space: testSpace });
    const holder = start('hold', dir, { faces: 0, facesOfSubject: 1 }, () => undefined);
    // it may be gone before anybody asks
    const ended = once(holder, 'close');
    await once(holder.stdout!, 'data');
    await expect(gallery.enroll('bob', syntheticFace(2))).rejects.toEqual(refusal('GALLERY_LOCKED'));
    await expect(gallery.remove('ada')).rejects.toEqual(refusal('GALLERY_LOCKED'));
    expect((await gallery.verify('ada', syntheticEmbedding(1))).distance).toBe(0);
    const reader = await openGalleryStore(dir, { space: testSpace });
    expect(reader.list()).toEqual([{ subject: 'ada', faces: 1 }]);
    await reader.close();
    const waiting = patient.enroll('bob', syntheticFace(2));
    holder.stdin!.end();
    expect((await waiting).status).toBe('enrolled');
    await ended;
    expect((await gallery.enroll('eve', syntheticFace(3))).status).toBe('enrolled');
    await gallery.close();
    await patient.close();
  });
});

test('an open gallery follows what other processes enroll and remove', async () => {
  await withFolder(async (dir) => {
    for (const index of ['exact', 'hnsw'] as const) {
      const gallery = await openGalleryStore(dir, { space: testSpace, index });
      const nearest = async (n: number) => (await gallery.identify(syntheticEmbedding(n), { top: 1 })).candidates[0];
      expect(await nearest(0)).toBeUndefined();
      await run('enroll', dir, { faces: 12, facesOfSubject: 2 });
      for (let n = 0; n < 12; n++)
        expect(await nearest(n)).toMatchObject({ subject: `subject ${n >> 1}`, distance: 0 });
      await run('remove', dir, { faces: 10, facesOfSubject: 2 });
      for (let n = 0; n < 12; n++) expect((await nearest(n))?.subject).toBe('subject 5');
      expect(gallery.list()).toEqual([{ subject: 'subject 5', faces: 2 }]);
      await gallery.remove('subject 5');
      await gallery.close();
    }
  });
});

test('processes that make one gallery at the same time make one', async () => {
  await withFolder(async (dir) => {
    const runs = await Promise.all([0, 1].map(() => run('enroll', dir, { faces: 40, facesOfSubject: 4 })));
    const statuses = runs.flatMap(({ acknowledged }) => acknowledged.map((line) => line.split(' ')[1]));
    expect(statuses.filter((status) => status === 'enrolled')).toHaveLength(40);
    expect(statuses.filter((status) => status === 'unchanged')).toHaveLength(40);
    await withOpen(dir, (gallery) => expect(gallery.list()).toHaveLength(10));
  });
});

test('a process that ends while its index is being built ends well', async () => {
  await withFolder(async (dir) => {
    const { acknowledged, killed } = await run('leave', dir, { faces: 600, facesOfSubject: 1 });
    expect({ acknowledged, killed }).toEqual({ acknowledged: ['ada by exact'], killed: false });
    await withOpen(dir, (gallery) => expect(gallery.list()).toEqual([{ subject: 'ada', faces: 600 }]));
  });
});
