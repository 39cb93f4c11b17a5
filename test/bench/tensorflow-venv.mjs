import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeVenv, pythonIn, systemPython } from './python-venv.mjs';
import { tell } from './table.mjs';

const folder = fileURLToPath(new URL('../../.cache/bench-tensorflow', import.meta.url));
const python = pythonIn(folder);

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
  const system = systemPython(names);
  if (system === undefined) return skip('there is no Python');
  tell(`making a virtual environment with TensorFlow ${version}, some minutes`);
  const reason = makeVenv(folder, { system, installs: [[`tensorflow-cpu==${version}`]], module: 'tensorflow', done });
  return reason === undefined ? python : skip(reason);
}

function skip(reason) {
  tell(`Python's TensorFlow is left out, ${reason}`);
  return undefined;
}
