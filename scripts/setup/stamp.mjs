import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';

/**
 * What earlier set-ups did, each under a key that changes when it is to be done again.
 *
 * @typedef {object} Stamp
 * @property {string} [modules] Hash of the lock file.
 * @property {string} [addOns] What the native add-ons were built for.
 * @property {string} [runtime] Where onnxruntime was tried, and whether it loads.
 * @property {string} [tensorflow] What TensorFlow was prepared for.
 * @property {string} [sources] Hash of what the packages were built from.
 */

const stampFile = () => inRoot('node_modules', '.kith-setup.json');

/** @returns {Stamp} */
export function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile(), 'utf8'));
  } catch {
    return {};
  }
}

/**
 * Note that a step is done.
 *
 * @param {Stamp} done
 */
export function addToStamp(done) {
  const temporary = `${stampFile()}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify({ ...readStamp(), ...done }, null, 2)}\n`);
  renameSync(temporary, stampFile());
}

/**
 * sha256 of files, their names included.
 *
 * @param {readonly string[]} files
 */
export function hashFiles(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** What a native add-on is built for: the machine and Node's binary interface. */
export function nativeKey() {
  return `${process.platform}-${process.arch}-abi${process.versions.modules}`;
}
