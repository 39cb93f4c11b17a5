// A peer's virtual environment of Python.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The Python of a virtual environment in a folder. */
export const pythonIn = (folder) =>
  join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));

/** The first of these commands that is a Python here. */
export const systemPython = (names) =>
  names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);

/**
 * Make a virtual environment anew, and leave a mark once a module of it loads.
 *
 * @param {string} folder
 * @param {{ system: string, installs: string[][], module: string, done: string }} options What each call of pip installs, in order.
 * @returns {string | undefined} Why it could not be made.
 */
export function makeVenv(folder, { system, installs, module, done }) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const python = pythonIn(folder);
  const steps = [
    [system, ['-m', 'venv', folder]],
    ...installs.map((names) => [python, ['-m', 'pip', 'install', '--quiet', ...names]]),
    [python, ['-c', `import ${module}`]],
  ];
  for (const [command, args] of steps) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) return `${args.join(' ')} failed: ${(error?.message ?? stderr).trim().split('\n').at(-1)}`;
  }
  writeFileSync(done, '');
  return undefined;
}
