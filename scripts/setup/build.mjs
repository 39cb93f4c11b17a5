import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inPackage, inRoot, workspaces } from './paths.mjs';
import { runCommand, SetupError } from './progress.mjs';
import { addToStamp, hashFiles } from './stamp.mjs';

/** Every package and app, from src/ to dist/; turbo builds only what changed. */
export const buildPackages = {
  /** @param {import('./stamp.mjs').Stamp} stamp */
  isDone: (stamp) =>
    stamp.sources === sourcesKey() &&
    workspaces().every((folder) => existsSync(join(folder, 'dist', 'tsconfig.tsbuildinfo'))),
  run,
};

async function run() {
  const key = sourcesKey();
  const { ok, tail } = await runCommand(
    'packages: build what changed',
    process.execPath,
    [inPackage('turbo', 'bin', 'turbo'), 'run', 'build', '--output-logs=errors-only'],
    {
      cwd: inRoot(),
      env: { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', FORCE_COLOR: '0' },
    },
  );
  if (!ok)
    throw new SetupError(
      `the packages did not build:\n${tail}`,
      'Mend what the compiler names, then run npm run setup again.',
    );
  addToStamp({ sources: key });
}

/** Hash of all that the build reads, the lock file for the compiler's own version. */
function sourcesKey() {
  const files = workspaces().flatMap((folder) => [
    join(folder, 'package.json'),
    join(folder, 'tsconfig.json'),
    ...filesBelow(join(folder, 'src')),
  ]);
  return hashFiles([inRoot('package-lock.json'), inRoot('tsconfig.base.json'), inRoot('turbo.json'), ...files].sort());
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath, entry.name));
}
