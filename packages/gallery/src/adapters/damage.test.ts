import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaceError } from '@kith/core';
import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { syntheticEmbedding, syntheticFace, testSpace, withFolder } from '../../../../test/support/gallery-faces.ts';
import { filesIn, withSmallDisk } from '../../../../test/support/gallery-files.ts';
import { type GalleryNotice, openGalleryStore, readGallerySpace } from '../index.ts';
import { floatsToBytes } from './face-row.ts';
import { applicationId, type Migration, migrate, migrations, schemaVersion } from './sqlite-schema.ts';

const refusal = (code: FaceError['code']) => expect.objectContaining({ name: 'FaceError', code });
const open = (dir: string, options = {}) => openGalleryStore(dir, { space: testSpace, ...options });
const databaseIn = (dir: string) => join(dir, 'gallery.db');

async function makeGallery(dir: string, { faces = 40, index = 'exact' as const } = {}): Promise<void> {
  const gallery = await open(dir, { index });
  for (let n = 0; n < faces; n++) await gallery.enroll(`subject ${n % 10}`, syntheticFace(n));
  await gallery.close();
}

function overwrite(file: string, offset: number, bytes: Uint8Array): void {
  const content = readFileSync(file);
  content.set(bytes, offset);
  writeFileSync(file, content);
}

test('any damaged page is noticed, and what to do is said', async () => {
  await withFolder(async (dir) => {
    await makeGallery(dir);
    const file = databaseIn(dir);
    const sound = readFileSync(file);
    const pages = sound.length / 4096;
    expect(pages).toBeGreaterThan(10);
    for (let page = 0; page < pages; page++) {
      for (const value of [0, 0xa5]) {
        writeFileSync(file, sound);
        overwrite(file, page * 4096, new Uint8Array(4096).fill(value));
        const opening = open(dir);
        await expect(opening, `page ${page}`).rejects.toEqual(refusal('GALLERY_CORRUPT'));
        await expect(opening).rejects.toThrow(/gallery\.db.*backup.*export/s);
      }
    }
    writeFileSync(file, sound);
    const gallery = await open(dir);
    expect(gallery.list()).toHaveLength(10);
    await gallery.close();
  });
});

test.each([0, 1, 50, 100, 4096, 4097, 12_288, 30_000])('a database cut to %i bytes is noticed', async (bytes) => {
  await withFolder(async (dir) => {
    await makeGallery(dir);
    truncateSync(databaseIn(dir), bytes);
    await expect(open(dir)).rejects.toEqual(refusal('GALLERY_CORRUPT'));
    await expect(open(dir, { readOnly: true })).rejects.toEqual(refusal('GALLERY_CORRUPT'));
    expect(statSync(databaseIn(dir)).size).toBe(bytes);
  });
});

test('an embedding that changed on disk is never compared with', async () => {
  await withFolder(async (dir) => {
    await makeGallery(dir);
    const bytes = floatsToBytes(syntheticEmbedding(7));
    overwrite(databaseIn(dir), readFileSync(databaseIn(dir)).indexOf(bytes) + 200, new Uint8Array([1, 2, 3, 4]));
    const gallery = await open(dir);
    await expect(gallery.verify('subject 7', syntheticEmbedding(7))).rejects.toEqual(refusal('GALLERY_CORRUPT'));
    await expect(gallery.identify(syntheticEmbedding(7))).rejects.toEqual(refusal('GALLERY_CORRUPT'));
    await expect(gallery.exportTo(join(dir, 'out'))).rejects.toEqual(refusal('GALLERY_CORRUPT'));
    expect(existsSync(join(dir, 'out'))).toBe(false);
    expect((await gallery.verify('subject 6', syntheticEmbedding(6))).distance).toBe(0);
    await gallery.close();
  });
});

test('a file that is no gallery, and one of a newer kith, are told apart', async () => {
  await withFolder(async (dir) => {
    const database = new SqliteDatabase(databaseIn(dir));
    database.exec('CREATE TABLE songs (name TEXT)');
    await expect(open(dir)).rejects.toEqual(refusal('GALLERY_CORRUPT'));
    expect(() => readGallerySpace(dir)).toThrow(refusal('GALLERY_CORRUPT'));
    database.pragma(`application_id = ${applicationId}`);
    database.pragma(`user_version = ${migrations.length + 1}`);
    await expect(open(dir)).rejects.toEqual(refusal('GALLERY_VERSION'));
    expect(() => readGallerySpace(dir)).toThrow(refusal('GALLERY_VERSION'));
    database.close();
    writeFileSync(databaseIn(dir), 'this is a photo of my cat'.repeat(1000));
    await expect(open(dir)).rejects.toEqual(refusal('GALLERY_CORRUPT'));
  });
});

test('an older schema is brought up step by step, all steps or none', () => {
  const database = new SqliteDatabase(':memory:');
  migrate(database);
  const add: Migration = (db) => db.exec('ALTER TABLE subjects ADD COLUMN note TEXT');
  const fail: Migration = () => {
    throw new Error('no');
  };
  expect(() => migrate(database, [...migrations, add, fail])).toThrow('no');
  expect(schemaVersion(database)).toBe(migrations.length);
  migrate(database, [...migrations, add]);
  expect(schemaVersion(database)).toBe(migrations.length + 1);
  database.prepare("INSERT INTO subjects (name, note) VALUES ('ada', 'kept')").run();
  migrate(database, [...migrations, add]);
  expect(database.prepare('SELECT note FROM subjects').pluck().get()).toBe('kept');
});

test('of what is removed no byte stays: not in the database, its log, or the index', async () => {
  await withFolder(async (dir) => {
    const gallery = await open(dir, { index: 'hnsw' });
    const reader = await open(dir, { index: 'hnsw' });
    const present = new Set<number>();
    const removed = new Set<number>();
    const traces = (n: number) => {
      const { embedding, landmarks, file, contentHash } = syntheticFace(n);
      const bytes = floatsToBytes(embedding);
      return [
        bytes.subarray(0, 256),
        bytes.subarray(256),
        floatsToBytes(landmarks.points).subarray(0, 200),
        file,
        contentHash,
        `name-${n}-`,
      ];
    };
    for (let n = 0; n < 180; n++) {
      await gallery.enroll(`name-${n}-`, syntheticFace(n));
      present.add(n);
      if (n % 3 !== 2) continue;
      const victim = [...present][(n * 7919) % present.size]!;
      await gallery.remove(`name-${victim}-`);
      present.delete(victim);
      removed.add(victim);
      if (n % 60 === 59) await reader.identify(syntheticEmbedding(n));
      if (n % 60 === 58) {
        for (const [path, bytes] of filesIn(dir)) {
          const found = [...removed].filter((m) => traces(m).some((trace) => bytes.includes(trace)));
          expect(found, path).toEqual([]);
        }
      }
    }
    const everything = Buffer.concat([...filesIn(dir).values()]);
    expect([...present].filter((n) => !traces(n).every((trace) => everything.includes(trace)))).toEqual([]);
    await gallery.close();
    await reader.close();
    expect(readdirSync(dir).sort()).toEqual(['gallery.db', 'index']);
    for (const [path, bytes] of filesIn(dir)) {
      expect(
        [...removed].filter((n) => traces(n).some((trace) => bytes.includes(trace))),
        path,
      ).toEqual([]);
    }
  });
});

test('on a full disk nothing acknowledged is lost, and with room again it goes on', async ({ skip }) => {
  const outcome = await withSmallDisk(700, async ({ dir, remount }) => {
    const gallery = await open(join(dir, 'gallery'));
    const acknowledged: number[] = [];
    const fill = async () => {
      for (let n = acknowledged.length; n < 2000; n++) {
        await gallery.enroll(`subject ${n}`, syntheticFace(n));
        acknowledged.push(n);
      }
    };
    await expect(fill()).rejects.toEqual(refusal('DISK_FULL'));
    expect(acknowledged.length).toBeGreaterThan(20);
    expect(gallery.list().map(({ subject }) => subject)).toHaveLength(acknowledged.length);
    await expect(gallery.exportTo(join(dir, 'export'))).rejects.toEqual(refusal('DISK_FULL'));
    await expect(gallery.backupTo(join(dir, 'backup'))).rejects.toEqual(refusal('DISK_FULL'));
    expect(readdirSync(dir)).toEqual(['gallery']);
    remount('size=8000k');
    for (let n = acknowledged.length; n < 300; n++) await gallery.enroll(`subject ${n}`, syntheticFace(n));
    for (let n = 0; n < 300; n++)
      expect((await gallery.verify(`subject ${n}`, syntheticEmbedding(n))).distance).toBe(0);
    await gallery.close();
  });
  if (outcome !== 'done') skip('a small disk needs the right to mount one');
});

test('on a full disk no half gallery is made, and an index that cannot be saved is done without', async ({ skip }) => {
  const outcome = await withSmallDisk(2000, async ({ dir }) => {
    await makeGallery(join(dir, 'gallery'), { faces: 30 });
    const notices: GalleryNotice[] = [];
    writeFileSync(join(dir, 'ballast'), '');
    const ballast = 4096;
    try {
      for (;;) writeFileSync(join(dir, 'ballast'), new Uint8Array(ballast), { flag: 'a' });
    } catch {
      // full
    }
    await expect(open(join(dir, 'other'))).rejects.toEqual(refusal('DISK_FULL'));
    expect(existsSync(databaseIn(join(dir, 'other')))).toBe(false);
    truncateSync(join(dir, 'ballast'), statSync(join(dir, 'ballast')).size - 48 * 1024);
    const gallery = await open(join(dir, 'gallery'), {
      index: 'hnsw',
      onNotice: (notice: GalleryNotice) => notices.push(notice),
    });
    expect(notices.map(({ code }) => code)).toEqual(['INDEX_REBUILT', 'INDEX_NOT_SAVED']);
    expect(gallery.index).toBe('hnsw');
    expect((await gallery.identify(syntheticEmbedding(5), { top: 1 })).candidates[0]).toMatchObject({
      subject: 'subject 5',
      distance: 0,
    });
    await gallery.close();
    expect([...filesIn(join(dir, 'gallery')).keys()]).toEqual([databaseIn(join(dir, 'gallery'))]);
  });
  if (outcome !== 'done') skip('a small disk needs the right to mount one');
});

test('a read-only gallery answers everything and refuses writes', async ({ skip }) => {
  const outcome = await withSmallDisk(4000, async ({ dir, remount }) => {
    await makeGallery(join(dir, 'gallery'));
    remount('ro');
    for (const options of [{}, { readOnly: true }, { index: 'hnsw' }]) {
      const gallery = await open(join(dir, 'gallery'), options);
      expect(gallery.readOnly).toBe(true);
      expect(gallery.list()).toHaveLength(10);
      expect((await gallery.identify(syntheticEmbedding(5), { top: 1 })).candidates[0]).toMatchObject({ distance: 0 });
      expect((await gallery.verify('subject 5', syntheticEmbedding(15))).faces).toBe(4);
      await expect(gallery.enroll('x', syntheticFace(1))).rejects.toEqual(refusal('GALLERY_READ_ONLY'));
      await expect(gallery.remove('subject 5')).rejects.toEqual(refusal('GALLERY_READ_ONLY'));
      await expect(gallery.importFrom('x')).rejects.toEqual(refusal('GALLERY_READ_ONLY'));
      await expect(gallery.exportTo(join(dir, 'x'))).rejects.toEqual(refusal('GALLERY_READ_ONLY'));
      await expect(gallery.backupTo(join(dir, 'x'))).rejects.toEqual(refusal('GALLERY_READ_ONLY'));
      await withFolder(async (elsewhere) => {
        await gallery.exportTo(join(elsewhere, 'export'));
        await gallery.backupTo(join(elsewhere, 'backup'));
        const copy = await open(join(elsewhere, 'backup'));
        expect(copy.readOnly).toBe(false);
        expect(copy.list()).toEqual(gallery.list());
        await copy.close();
      });
      await gallery.close();
    }
    expect(readGallerySpace(join(dir, 'gallery'))).toEqual(testSpace);
    await expect(open(join(dir, 'new'))).rejects.toEqual(refusal('GALLERY_READ_ONLY'));
  });
  if (outcome !== 'done') skip('a read-only disk needs the right to mount one');
});

test('what a crash left in the log is read from a read-only disk, or refused, but never overlooked', async ({
  skip,
}) => {
  const outcome = await withSmallDisk(4000, async ({ dir, remount }) => {
    const live = await open(join(dir, 'live'));
    for (let n = 0; n < 10; n++) await live.enroll(`subject ${n}`, syntheticFace(n));
    for (const copy of ['crashed', 'without-shm']) cpSync(join(dir, 'live'), join(dir, copy), { recursive: true });
    rmSync(join(dir, 'without-shm', 'gallery.db-shm'));
    await live.close();
    remount('ro');
    const gallery = await open(join(dir, 'crashed'));
    expect(gallery.list()).toHaveLength(10);
    await gallery.close();
    await expect(open(join(dir, 'without-shm'))).rejects.toEqual(refusal('GALLERY_READ_ONLY'));
    await expect(open(join(dir, 'without-shm'))).rejects.toThrow('unfinished writes');
  });
  if (outcome !== 'done') skip('a read-only disk needs the right to mount one');
});

test('a gallery opened for reading sees what others write, and refuses to write', async () => {
  await withFolder(async (dir) => {
    await makeGallery(dir, { faces: 5 });
    const reader = await open(dir, { readOnly: true });
    await reader.identify(syntheticEmbedding(0));
    const writer = await open(dir);
    await writer.enroll('new', syntheticFace(100));
    await writer.remove('subject 0');
    expect((await reader.identify(syntheticEmbedding(100), { top: 1 })).candidates[0]).toMatchObject({
      subject: 'new',
    });
    expect(reader.list().map(({ subject }) => subject)).not.toContain('subject 0');
    await expect(reader.enroll('x', syntheticFace(1))).rejects.toEqual(refusal('GALLERY_READ_ONLY'));
    await writer.close();
    await reader.close();
  });
});
