import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../.cache/bench-venv', import.meta.url));
const python = join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));
const done = join(folder, 'dlib-installed');

/** dlib comes prebuilt; face-recognition is told not to fetch what it needs, since that would compile dlib. */
const installs = [
  ['setuptools<80', 'numpy', 'pillow', 'dlib-bin', 'face-recognition-models'],
  ['--no-deps', 'face-recognition'],
];

let answer;

/**
 * The Python of a virtual environment with dlib, made once.
 *
 * @returns {string | undefined} Nothing where it cannot be made: then the reason has been said.
 */
export function dlibPython() {
  answer ??= { python: existsSync(done) ? python : makeVenv() };
  return answer.python;
}

function makeVenv() {
  const system = ['python3', 'python'].find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
  if (system === undefined) return skip('there is no Python');
  process.stderr.write('bench: making a virtual environment with dlib, about a minute\n');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const steps = [
    [system, ['-m', 'venv', folder]],
    ...installs.map((names) => [python, ['-m', 'pip', 'install', '--quiet', ...names]]),
    [python, ['-c', 'import face_recognition']],
  ];
  for (const [command, args] of steps) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) return skip(`${args.join(' ')} failed: ${(error?.message ?? stderr).trim().split('\n').at(-1)}`);
  }
  writeFileSync(done, '');
  return python;
}

function skip(reason) {
  process.stderr.write(`bench: dlib is left out, ${reason}\n`);
  return undefined;
}
