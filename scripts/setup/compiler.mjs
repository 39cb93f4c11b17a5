import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inPackage } from './paths.mjs';

export const nodeGyp = inPackage('node-gyp', 'bin', 'node-gyp.js');

/**
 * What a build from source lacks on this machine, in words; nothing where all is there.
 * On Windows node-gyp itself looks for Visual Studio.
 *
 * @returns {string | undefined}
 */
export function missingTools() {
  if (process.platform === 'win32') return undefined;
  const lacking = [];
  if (![process.env.CXX, 'c++', 'g++', 'clang++'].some(runs)) lacking.push('a C++ compiler');
  if (![process.env.MAKE, 'make', 'gmake'].some(runs)) lacking.push('make');
  if (pythonCommand() === undefined) lacking.push('python3');
  return lacking.length > 0 ? lacking.join(', ') : undefined;
}

/** @returns {string | undefined} */
export function pythonCommand() {
  return [process.env.PYTHON, 'python3', 'python'].find(runs);
}

/** @param {string | undefined} command */
function runs(command) {
  return (
    Boolean(command) && spawnSync(/** @type {string} */ (command), ['--version'], { stdio: 'ignore' }).status === 0
  );
}

/**
 * Environment for building against the headers that came with this very Node, so that none are downloaded.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function headersEnvironment() {
  const own = [dirname(dirname(realpathSync(process.execPath))), process.env.npm_config_nodedir];
  const folder = own.find(
    (candidate) => candidate !== undefined && headersVersion(candidate) === process.versions.node,
  );
  // an empty value makes node-gyp fetch the headers that fit, whatever a configuration of another Node says
  return { npm_config_nodedir: folder ?? '', npm_config_node_gyp: nodeGyp };
}

/** @param {string} folder */
function headersVersion(folder) {
  const file = join(folder, 'include', 'node', 'node_version.h');
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  return ['MAJOR', 'MINOR', 'PATCH']
    .map((part) => text.match(new RegExp(`#define NODE_${part}_VERSION (\\d+)`))?.[1])
    .join('.');
}
