import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * A path in the repository.
 *
 * @param {...string} parts
 */
export function inRoot(...parts) {
  return join(root, ...parts);
}

/**
 * A path in an installed package.
 *
 * @param {string} name
 * @param {...string} parts
 */
export function inPackage(name, ...parts) {
  return inRoot('node_modules', ...name.split('/'), ...parts);
}

/** The workspaces' folders. */
export function workspaces() {
  return ['packages', 'apps'].flatMap((group) =>
    readdirSync(inRoot(group))
      .map((name) => inRoot(group, name))
      .filter((folder) => existsSync(join(folder, 'package.json'))),
  );
}
