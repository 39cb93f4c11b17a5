import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeVenv, pythonIn, systemPython } from './python-venv.mjs';

const folder = fileURLToPath(new URL('../../.cache/bench-venv', import.meta.url));
const python = pythonIn(folder);
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
  answer ??= { python: existsSync(done) ? python : install() };
  return answer.python;
}

function install() {
  const system = systemPython(['python3', 'python']);
  if (system === undefined) return skip('there is no Python');
  process.stderr.write('bench: making a virtual environment with dlib, about a minute\n');
  const reason = makeVenv(folder, { system, installs, module: 'face_recognition', done });
  return reason === undefined ? python : skip(reason);
}

function skip(reason) {
  process.stderr.write(`bench: dlib is left out, ${reason}\n`);
  return undefined;
}
