import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FaceError } from '@kith/core';
import { x as extract } from 'tar';
import type { Progress } from './progress.ts';

/**
 * Unpack one folder of a gzipped tar archive. It appears under its name only when all of it is there, and an archive that
 * reaches outside its own folder, or holds links, is refused.
 *
 * @param archive - The file.
 * @param folder - Name of the folder, at the top of the archive.
 * @param options - `into` is where the folder is to stand.
 * @throws {FaceError} `DATASET_INCOMPLETE` when the archive is damaged, hostile, or lacks the folder.
 */
export async function unpackFolder(
  archive: string,
  folder: string,
  { into, progress = () => {} }: { readonly into: string; readonly progress?: Progress },
): Promise<void> {
  const scratch = mkdtempSync(join(into, '.unpacking-'));
  let entries = 0;
  const refused: string[] = [];
  try {
    await extract({
      file: archive,
      cwd: scratch,
      filter: (path, entry) => {
        const reason = harmOf(path, 'type' in entry ? entry.type : 'File');
        if (reason !== undefined) refused.push(`${path} ${reason}`);
        progress(++entries, undefined);
        return refused.length === 0;
      },
      onwarn: (code, message) => {
        // other warnings are about what an archive says of owners and times
        if (code === 'TAR_ABORT' || code === 'TAR_BAD_ARCHIVE' || code === 'TAR_ENTRY_ERROR')
          refused.push(String(message));
      },
    });
    if (refused.length > 0) throw new Error(refused.slice(0, 3).join('; '));
    if (!readdirSync(scratch).includes(folder)) throw new Error(`it has no folder ${folder}`);
    const target = join(into, folder);
    rmSync(target, { recursive: true, force: true });
    renameSync(join(scratch, folder), target);
  } catch (cause) {
    throw new FaceError('DATASET_INCOMPLETE', `${archive} was not unpacked: ${(cause as Error).message}`, { cause });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @returns Why an entry is refused, or nothing. */
function harmOf(path: string, type: string): string | undefined {
  if (type === 'SymbolicLink' || type === 'Link') return 'is a link, and links are refused';
  const leadsOut = path.startsWith('/') || /^[a-z]:/i.test(path) || path.split(/[\\/]/).includes('..');
  return leadsOut ? "leads out of the archive's own folder" : undefined;
}
