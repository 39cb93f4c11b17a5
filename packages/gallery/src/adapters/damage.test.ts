import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaceError } from '@kith/core';
import SqliteDatabase from 'better-sqlite3';
import { expect, test } from 'vitest';
import { syntheticEmbedding, syntheticFace, testSpace, withFolder } from '../../../../test/support/gallery-faces.ts';
import { filesIn } from '../../../../test/support/gallery-files.ts';
import { openGalleryStore, readGallerySpace } from '../index.ts';
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

test("a gallery whose mark is gone is damaged, not another program's", async () => {
  await withFolder(async (dir) => {
    await makeGallery(dir);
    overwrite(databaseIn(dir), 68, new Uint8Array(4));
    await expect(open(dir)).rejects.toEqual(refusal('GALLERY_CORRUPT'));
  });
});

test('a file that is no gallery, and one of a newer kith, are told apart', async () => {
  await withFolder(async (dir) => {
    const database = new SqliteDatabase(databaseIn(dir));
    database.exec('CREATE TABLE songs (name TEXT)');
    const before = readFileSync(databaseIn(dir));
    await expect(open(dir)).rejects.toEqual(refusal('GALLERY_NOT_FOUND'));
    expect(() => readGallerySpace(dir)).toThrow(refusal('GALLERY_NOT_FOUND'));
    // another program's database is not even put into another journal mode
    expect(readFileSync(databaseIn(dir))).toEqual(before);
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
