import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnrollJob } from './enroll-photos.ts';
import { usageError } from './settings.ts';

/** The photos of a folder of folders, one a subject, and what lies beside them. */
export interface SubjectFolders {
  readonly jobs: readonly EnrollJob[];
  /** Files beside the subject folders and folders inside them: looked at by nobody. */
  readonly ignored: readonly string[];
}

/**
 * List the photos of `dir/<subject>/<photo>`, in order of names; names that begin with a dot are passed over.
 *
 * @throws {FaceError} `USAGE` when it is no folder of folders, or there is none.
 */
export async function subjectFolders(dir: string): Promise<SubjectFolders> {
  const jobs: EnrollJob[] = [];
  const ignored: string[] = [];
  let subjects = 0;
  for (const subject of await namesIn(dir)) {
    if (!(await isFolder(join(dir, subject)))) {
      ignored.push(subject);
      continue;
    }
    subjects++;
    for (const file of await namesIn(join(dir, subject))) {
      const path = join(dir, subject, file);
      if (await isFolder(path)) ignored.push(join(subject, file));
      else jobs.push({ subject, path, file });
    }
  }
  if (subjects === 0) throw usageError(`${JSON.stringify(dir)} holds no folders, expected one a subject.`);
  return { jobs, ignored };
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    const names = await readdir(dir);
    return names.filter((name) => !name.startsWith('.')).sort();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'ENOENT') throw usageError(`There is no folder ${JSON.stringify(dir)}.`);
    if (code === 'ENOTDIR')
      throw usageError(`${JSON.stringify(dir)} is a file, expected a folder of folders, one a subject.`);
    throw usageError(`${JSON.stringify(dir)} cannot be read as a folder of photos: ${String(code)}.`);
  }
}

/** A broken link is no folder: reading it as a photo will tell. */
async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isDirectory() ?? false;
}
