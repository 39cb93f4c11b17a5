import { existsSync } from 'node:fs';
import { headersEnvironment, missingTools, nodeGyp } from './compiler.mjs';
import { inPackage, inRoot } from './paths.mjs';
import { runCommand, SetupError, say } from './progress.mjs';
import { addToStamp, hashFiles, nativeKey } from './stamp.mjs';

const compilerAdvice =
  'On Debian or Ubuntu: apt-get install g++ make python3. On macOS: xcode-select --install. On Windows: the C++ workload of Visual Studio.';

const sqlite = {
  name: 'better-sqlite3',
  binary: ['build', 'Release', 'better_sqlite3.node'],
  probe: "new (require('better-sqlite3'))(':memory:').close()",
};
const hnswlib = {
  name: 'hnswlib-node',
  binary: ['build', 'Release', 'addon.node'],
  probe: "new (require('hnswlib-node').HierarchicalNSW)('l2', 2).initIndex(1)",
};

/** The gallery's two native add-ons. */
export const buildAddOns = {
  /** @param {import('./stamp.mjs').Stamp} stamp */
  isDone: (stamp) =>
    stamp.addOns === addOnsKey(true)
      ? [sqlite, hnswlib].every(isBuilt)
      : stamp.addOns === addOnsKey(false) && isBuilt(sqlite),
  run,
};

async function run() {
  if (!(await loads(sqlite.name, sqlite.probe))) await buildSqlite();
  const indexed = (await loads(hnswlib.name, hnswlib.probe)) || (await buildHnswlib());
  addToStamp({ addOns: addOnsKey(indexed) });
}

/** @param {boolean} indexed Whether hnswlib could be built. */
function addOnsKey(indexed) {
  return `${nativeKey()}-${hashFiles([inPackage(sqlite.name, 'package.json'), inPackage(hnswlib.name, 'package.json')]).slice(0, 16)}${indexed ? '' : '-exact-index'}`;
}

/** @param {{ name: string, binary: string[] }} addOn */
function isBuilt({ name, binary }) {
  return existsSync(inPackage(name, ...binary));
}

async function buildSqlite() {
  const cwd = inPackage(sqlite.name);
  const fetched = await runCommand(
    'better-sqlite3: look for a prebuilt',
    process.execPath,
    [inPackage('prebuild-install', 'bin.js')],
    { cwd, limitSeconds: 60, failure: 'none could be fetched' },
  );
  if (fetched.ok && (await loads(sqlite.name, sqlite.probe))) return;
  const lacking = missingTools();
  if (lacking !== undefined) {
    throw new SetupError(
      `the gallery needs better-sqlite3, no prebuilt of it could be fetched, and to build it this machine lacks ${lacking}`,
      compilerAdvice,
    );
  }
  const { ok, tail } = await compile(sqlite.name, { duration: 'about two minutes', env: objectWrapEnvironment() });
  if (!ok)
    throw new SetupError(
      `better-sqlite3 did not build:\n${tail}`,
      `The gallery cannot do without it. ${compilerAdvice}`,
    );
}

/** @returns {Promise<boolean>} Whether it is there now: it may be missing, the exact search does the same more slowly. */
async function buildHnswlib() {
  const lacking = missingTools();
  if (lacking === undefined) {
    const { ok, tail } = await compile(hnswlib.name, { duration: 'about 15 seconds' });
    if (ok) return true;
    process.stderr.write(`${tail}\n`);
  }
  say(
    `hnswlib-node: ${lacking === undefined ? 'it did not build' : `to build it this machine lacks ${lacking}`}; galleries use the exact index, which is slower beyond some ten thousand faces.`,
  );
  say(`hnswlib-node: ${compilerAdvice} Then: npm run setup -- --again`);
  return false;
}

/** @returns {NodeJS.ProcessEnv} See object-wrap.h: what better-sqlite3 12 is built with so that it lives with Node 24.19 and newer. */
function objectWrapEnvironment() {
  if (process.platform === 'win32' || Number.parseInt(process.versions.node, 10) < 24) return {};
  return { CXXFLAGS: `${process.env.CXXFLAGS ?? ''} -include "${inRoot('scripts', 'setup', 'object-wrap.h')}"`.trim() };
}

/**
 * @param {string} name
 * @param {{ duration: string, env?: NodeJS.ProcessEnv }} options
 */
async function compile(name, { duration, env = {} }) {
  const result = await runCommand(
    `${name}: build from source, ${duration}`,
    process.execPath,
    [nodeGyp, 'rebuild', '--release'],
    {
      cwd: inPackage(name),
      env: { ...headersEnvironment(), ...env },
    },
  );
  if (!result.ok) return result;
  return (await loads(name)) ? result : { ok: false, tail: `${result.tail}\nIt was built, but Node cannot load it.` };
}

/**
 * Whether a fresh Node can load a package and do something with it.
 *
 * @param {string} name
 * @param {string} [probe]
 */
async function loads(name, probe = `require('${name}')`) {
  if (!existsSync(inPackage(name, 'package.json'))) return false;
  const { ok } = await runCommand(`${name}: does it load`, process.execPath, ['-e', probe], {
    cwd: inPackage(name),
    limitSeconds: 60,
    failure: 'not yet',
  });
  return ok;
}
