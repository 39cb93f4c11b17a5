import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withFolder } from './gallery-faces.ts';

/** Bytes of every file in a folder, by path. */
export function filesIn(dir: string): Map<string, Buffer> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(files.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name))]));
}

/** A disk of its own, in memory: small, and to be made read-only. */
export interface SmallDisk {
  readonly dir: string;
  remount(options: string): void;
}

/** Run with a disk of so many KiB; nothing where this user may mount none. */
export async function withSmallDisk(
  kibibytes: number,
  work: (disk: SmallDisk) => Promise<void>,
): Promise<'done' | 'cannot mount'> {
  return withFolder(async (parent) => {
    const dir = join(parent, 'disk');
    mkdirSync(dir);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'kith-test', dir], { stdio: 'ignore' });
    } catch {
      return 'cannot mount';
    }
    try {
      await work({ dir, remount: (options) => execFileSync('mount', ['-o', `remount,${options}`, dir]) });
      return 'done';
    } finally {
      execFileSync('umount', ['-l', dir]);
    }
  });
}
