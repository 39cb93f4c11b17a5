import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tell } from './table.mjs';

const folder = fileURLToPath(new URL('../../.cache/bench-tensorflow', import.meta.url));
const python = join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));

/**
 * The Python of a virtual environment with a version of TensorFlow, made once a version.
 *
 * @param {string} version As TensorFlow's library tells it, such as `2.15.1`.
 * @returns {string | undefined} Nothing where it cannot be made: then the reason has been said.
 */
export function tensorflowPython(version) {
  const done = join(folder, `installed-${version}`);
  if (existsSync(done)) return python;
  // TensorFlow takes some time until it supports a new Python
  const names = ['python3.11', 'python3.10', 'python3.9', 'python3', 'python'];
  const system = names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
  if (system === undefined) return skip('there is no Python');
  tell(`making a virtual environment with TensorFlow ${version}, some minutes`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const steps = [
    [system, ['-m', 'venv', folder]],
    [python, ['-m', 'pip', 'install', '--quiet', `tensorflow-cpu==${version}`]],
    [python, ['-c', 'import tensorflow']],
  ];
  for (const [command, args] of steps) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) return skip(`${args.join(' ')} failed: ${(error?.message ?? stderr).trim().split('\n').at(-1)}`);
  }
  writeFileSync(done, '');
  return python;
}

function skip(reason) {
  tell(`Python's TensorFlow is left out, ${reason}`);
  return undefined;
}
