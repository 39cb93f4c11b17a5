import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { headersEnvironment, missingTools, pythonCommand } from './compiler.mjs';
import { inPackage, inRoot } from './paths.mjs';
import { runCommand, say, startClock } from './progress.mjs';
import { addToStamp, nativeKey } from './stamp.mjs';
import { unpackZip } from './zip.mjs';

const name = '@tensorflow/tfjs-node';
const deps = inPackage(name, 'deps');

/** Wheels that hold TensorFlow's C library for a platform; the newest release whose interface tfjs-node 4.22.0 compiles against. */
const wheels = {
  'linux-x64': { requirement: 'tensorflow-cpu==2.15.1', platform: 'manylinux2014_x86_64' },
  'linux-arm64': { requirement: 'tensorflow-cpu-aws==2.15.1', platform: 'manylinux2014_aarch64' },
};
const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
const links = [
  ['libtensorflow_cc.so.2', 'libtensorflow.so'],
  ['libtensorflow_cc.so.2', 'libtensorflow.so.2'],
  ['libtensorflow_framework.so.2', 'libtensorflow_framework.so'],
];
const headers =
  /^tensorflow\/include\/((?:tensorflow\/c|tensorflow\/tsl\/c|tsl\/c)\/.+|(?:tensorflow\/core|tensorflow\/tsl|tsl)\/platform\/ctstring[^/]*)$/;

/** tfjs-node, by its own installer or from a Python wheel: for training and for the tests; nothing that serves needs it. */
export const prepareTensorFlow = {
  /** @param {import('./stamp.mjs').Stamp} stamp */
  isDone: (stamp) =>
    stamp.tensorflow === `${nativeKey()}-wasm` || (stamp.tensorflow === `${nativeKey()}-native` && hasBinding()),
  run,
};

async function run() {
  const native = (await loads()) || (await installItself()) || (await buildFromWheel());
  if (!native) {
    say('tfjs-node: not to be had here. kith itself does without it; training does not, and tests of it are skipped.');
    say('tfjs-node: to try once more: npm run setup:training -- --again');
  }
  addToStamp({ tensorflow: `${nativeKey()}-${native ? 'native' : 'wasm'}` });
}

function hasBinding() {
  const lib = inPackage(name, 'lib');
  return existsSync(lib) && readdirSync(lib).some((folder) => existsSync(join(lib, folder, 'tfjs_binding.node')));
}

/** Whether a fresh Node can compute something with it. */
async function loads() {
  if (!hasBinding()) return false;
  const probe = `require('util').isNullOrUndefined ??= (value) => value == null;
    const tf = require('${name}');
    if (tf.conv2d(tf.ones([1, 4, 4, 1]), tf.ones([2, 2, 1, 1]), 1, 'valid').dataSync()[0] !== 4) process.exit(1);`;
  const { ok } = await runCommand('tfjs-node: does it load and compute', process.execPath, ['-e', probe], {
    cwd: inRoot(),
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
    limitSeconds: 120,
    failure: 'not yet',
  });
  return ok;
}

/** The package's own installer: it downloads libtensorflow and a binding from a host that not every network reaches. */
async function installItself() {
  const manifest = inPackage(name, 'package.json');
  const before = readFileSync(manifest);
  const { ok, tail } = await runCommand(
    'tfjs-node: its own installer',
    process.execPath,
    [join('scripts', 'install.js')],
    {
      cwd: inPackage(name),
      env: { ...buildEnvironment(), TF_CPP_MIN_LOG_LEVEL: '2' },
      limitSeconds: 300,
      failure: 'no',
    },
  );
  // the installer rewrites its package.json and leaves it so when it fails
  writeFileSync(manifest, before);
  if (ok && (await loads())) return true;
  say(`tfjs-node: its own installer did not do it (${reasonIn(tail)})`);
  return false;
}

/** @param {string} output */
function reasonIn(output) {
  const lines = output.split('\n').map((line) => line.trim());
  return lines.find((line) => /^\w*Error\b|ended after/.test(line)) ?? lines.at(-1) ?? '';
}

/** TensorFlow's library and headers out of a Python wheel, and the binding built against them. */
async function buildFromWheel() {
  const wheel = wheels[/** @type {keyof typeof wheels} */ (`${process.platform}-${process.arch}`)];
  const lacking = missingTools();
  const python = pythonCommand();
  if (wheel === undefined || lacking !== undefined || python === undefined) {
    say(
      `tfjs-node: ${wheel === undefined ? `no wheel is known to fit ${process.platform}-${process.arch}` : `to build it this machine lacks ${lacking}`}`,
    );
    return false;
  }
  mkdirSync(inRoot('.cache'), { recursive: true });
  // what set-ups left that were ended halfway; none is at work now, since this one holds the lock
  for (const left of readdirSync(inRoot('.cache')).filter((entry) => entry.startsWith('wheel-')))
    rmSync(inRoot('.cache', left), { recursive: true, force: true });
  const folder = mkdtempSync(inRoot('.cache', 'wheel-'));
  try {
    return (await downloadWheel(python, wheel, folder)) && (await unpackWheel(folder)) && (await buildBinding());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} python
 * @param {{ requirement: string, platform: string }} wheel
 * @param {string} folder
 */
async function downloadWheel(python, { requirement, platform }, folder) {
  // the version is named since newer Pythons find no such release; the wheel itself is never run
  const args = [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--python-version',
    '3.11',
    '--platform',
    platform,
    '--dest',
    folder,
    requirement,
  ];
  const { ok, tail } = await runCommand(`tfjs-node: download the wheel of ${requirement}, about 210 MB`, python, args);
  if (!ok) say(`tfjs-node: pip did not get the wheel:\n${tail}`);
  return ok;
}

/** @param {string} folder */
async function unpackWheel(folder) {
  const stopClock = startClock('tfjs-node: unpack its library and headers');
  const archive = readdirSync(folder).find((file) => file.endsWith('.whl'));
  if (archive === undefined) {
    stopClock('failed, pip left no wheel');
    return false;
  }
  rmSync(deps, { recursive: true, force: true });
  await unpackZip(join(folder, archive), placeInDeps);
  if (!libraries.every((library) => existsSync(join(deps, 'lib', library)))) {
    stopClock('failed, the wheel holds no TensorFlow library');
    return false;
  }
  for (const [target, link] of links)
    symlinkSync(/** @type {string} */ (target), join(deps, 'lib', /** @type {string} */ (link)));
  stopClock('done');
  return true;
}

/** @param {string} entry */
function placeInDeps(entry) {
  const library = libraries.find((file) => entry === `tensorflow/${file}`);
  if (library !== undefined) return join(deps, 'lib', library);
  const header = headers.exec(entry)?.[1];
  return header === undefined || header.split('/').includes('..')
    ? undefined
    : join(deps, 'include', ...header.split('/'));
}

async function buildBinding() {
  const include = join(deps, 'include');
  const { ok, tail } = await runCommand(
    'tfjs-node: build the binding, about 10 seconds',
    process.execPath,
    [inPackage('@mapbox/node-pre-gyp', 'bin', 'node-pre-gyp'), 'install', '--build-from-source'],
    // tsl's headers lie one folder deeper than the binding looks for them
    {
      cwd: inPackage(name),
      env: {
        ...buildEnvironment(),
        CXXFLAGS: `${process.env.CXXFLAGS ?? ''} -I"${join(include, 'tensorflow')}" -I"${include}"`.trim(),
      },
    },
  );
  if (ok && (await loads())) return true;
  say(`tfjs-node: the binding did not build or load:\n${tail}`);
  return false;
}

/** @returns {NodeJS.ProcessEnv} */
function buildEnvironment() {
  return { ...headersEnvironment(), PATH: `${inRoot('node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}` };
}
