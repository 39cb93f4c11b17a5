import { cpSync, existsSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaceError } from '@kith/core';
import { expect, test } from 'vitest';
import { syntheticEmbedding, syntheticFace, testSpace, withFolder } from '../../../../test/support/gallery-faces.ts';
import { filesIn, withSmallDisk } from '../../../../test/support/gallery-files.ts';
import { type GalleryNotice, openGalleryStore, readGallerySpace } from '../index.ts';

const refusal = (code: FaceError['code']) => expect.objectContaining({ name: 'FaceError', code });
const open = (dir: string, options = {}) => openGalleryStore(dir, { space: testSpace, ...options });
const databaseIn = (dir: string) => join(dir, 'gallery.db');

async function makeGallery(dir: string, { faces = 40, index = 'exact' as const } = {}): Promise<void> {
  const gallery = await open(dir, { index });
  for (let n = 0; n < faces; n++) await gallery.enroll(`subject ${n % 10}`, syntheticFace(n));
  await gallery.close();
}

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
