// A process of its own that works on a gallery, for tests that kill it: `gallery-child.ts <job> <dir> <json>`.
// Every acknowledgement is one line on stdout, written before the next step.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { FaceError } from '@kith/core';
import { type IndexMode, openGalleryStore } from '@kith/gallery';
import SqliteDatabase from 'better-sqlite3';
import { syntheticFace, testSpace } from './gallery-faces.ts';

interface Job {
  readonly faces: number;
  readonly facesOfSubject: number;
  readonly index?: IndexMode;
}

const [job = '', dir = '', settings = '{}'] = process.argv.slice(2);
const { faces, facesOfSubject, index = 'exact' } = JSON.parse(settings) as Job;
const acknowledge = (line: string) => writeSync(1, `${line}\n`);

async function enroll(): Promise<void> {
  const gallery = await openGalleryStore(dir, { space: testSpace, index });
  for (let number = 0; number < faces; number++) {
    const { status } = await gallery.enroll(`subject ${Math.floor(number / facesOfSubject)}`, syntheticFace(number));
    acknowledge(`${number} ${status}`);
  }
  await gallery.close();
}

async function remove(): Promise<void> {
  const gallery = await openGalleryStore(dir, { space: testSpace, index });
  for (let number = 0; number < faces; number += facesOfSubject) {
    try {
      await gallery.remove(`subject ${number / facesOfSubject}`);
      acknowledge(`${number / facesOfSubject} removed`);
    } catch (error) {
      if (!(error instanceof FaceError) || error.code !== 'SUBJECT_NOT_FOUND') throw error;
    }
  }
  await gallery.close();
}

/** End without closing, while the index's thread is at work. */
async function leave(): Promise<void> {
  const gallery = await openGalleryStore(dir, { space: testSpace, crossover: 1 });
  for (let number = 0; number < faces; number++) await gallery.enroll('ada', syntheticFace(number));
  const { candidates } = await gallery.identify(syntheticFace(0).embedding);
  acknowledge(`${candidates[0]?.subject} by ${gallery.index}`);
  setTimeout(() => process.exit(0), 600);
}

/** Take the writer's lock and keep it until stdin ends. */
function holdLock(): void {
  const database = new SqliteDatabase(join(dir, 'gallery.db'));
  database.exec('BEGIN IMMEDIATE');
  acknowledge('held');
  process.stdin.resume().on('end', () => {
    database.exec('ROLLBACK');
    database.close();
  });
}

if (job === 'enroll') await enroll();
else if (job === 'remove') await remove();
else if (job === 'leave') await leave();
else if (job === 'hold') holdLock();
else throw new Error(`unknown job ${job}`);
