import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inRoot } from './paths.mjs';
import { runCommand, SetupError, say } from './progress.mjs';
import { addToStamp, hashFiles } from './stamp.mjs';

const lock = inRoot('package-lock.json');

/** npm's modules as the lock file names them, and none of their scripts run: what they would do, the later steps do. */
export const installModules = {
  /** @param {import('./stamp.mjs').Stamp} stamp */
  isDone: (stamp) => stamp.modules === hashFiles([lock]) && existsSync(inRoot('node_modules', '.package-lock.json')),
  run,
};

async function run() {
  const key = hashFiles([lock]);
  if (fitsLock()) {
    say('modules: those installed are the ones of package-lock.json');
  } else {
    const npm = npmCommand();
    const { ok, tail } = await runCommand(
      'modules: npm ci, without their scripts',
      npm.command,
      [...npm.args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'],
      { cwd: inRoot(), shell: npm.shell },
    );
    if (!ok)
      throw new SetupError(
        `npm ci did not install the modules:\n${tail}`,
        'Check the network and the registry npm is set to, then run npm run setup again.',
      );
  }
  addToStamp({ modules: key });
}

/** Whether each module of the lock file is there in its version, but those meant for other platforms. */
function fitsLock() {
  try {
    const wanted = JSON.parse(readFileSync(lock, 'utf8')).packages;
    const found = JSON.parse(readFileSync(inRoot('node_modules', '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(([path, entry]) => {
      if (!path.includes('node_modules/')) return true;
      if (found[path] === undefined) return entry.optional === true || entry.peer === true;
      return found[path].version === entry.version && (entry.link === true || existsSync(inRoot(path, 'package.json')));
    });
  } catch {
    return false;
  }
}

/** The npm that started this, else the one beside Node, else the one on the path. */
function npmCommand() {
  const beside = process.platform === 'win32' ? ['node_modules', 'npm'] : ['..', 'lib', 'node_modules', 'npm'];
  const candidates = [process.env.npm_execpath, join(dirname(process.execPath), ...beside, 'bin', 'npm-cli.js')];
  const script = candidates.find((path) => path?.endsWith('npm-cli.js') && existsSync(path));
  if (script !== undefined) return { command: process.execPath, args: [script], shell: false };
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}
