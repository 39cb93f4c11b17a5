// The parent's half: starts a peer in its own process, on so many cores, and asks it for work.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { dlibPython } from './dlib-venv.mjs';

const script = (file) => fileURLToPath(new URL(`peers/${file}`, import.meta.url));

/** What is compared, ours first: the others are given as ratios to it. */
export const peers = [
  { name: 'kith', command: () => [process.execPath, script('kith.mjs')] },
  { name: 'face-api on tfjs-node', command: () => [process.execPath, script('face-api-node.mjs')] },
  { name: 'face-api on WASM', command: () => [process.execPath, script('face-api-wasm.mjs')] },
  {
    name: 'dlib HOG',
    command: () => {
      const python = dlibPython();
      return python === undefined ? undefined : [python, script('dlib-hog.py')];
    },
  },
];

/** The first cores this process may run on, as taskset names them; nothing where there is no taskset. */
function pinning(threads) {
  if (spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status !== 0) return undefined;
  const allowed = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const cores = allowed.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  return cores.slice(0, threads).join(',');
}

/** Whether a run is held to its cores, in words. */
export function describePinning(threads) {
  const cores = pinning(threads);
  return cores === undefined ? 'not pinned, taskset is missing' : `pinned to core ${cores}`;
}

/** @param {number} threads Threads that any of the peers' libraries may use. */
function threadEnvironment(threads) {
  const names = [
    'BENCH_THREADS',
    'KITH_THREADS',
    'TF_NUM_INTRAOP_THREADS',
    'TF_NUM_INTEROP_THREADS',
    'OMP_NUM_THREADS',
    'OPENBLAS_NUM_THREADS',
    'MKL_NUM_THREADS',
  ];
  return { ...Object.fromEntries(names.map((name) => [name, String(threads)])), TF_CPP_MIN_LOG_LEVEL: '2' };
}

/**
 * Start a peer.
 *
 * @param {{ name: string, command: () => string[] | undefined }} peer
 * @param {{ threads?: number, nodeArgs?: string[], env?: NodeJS.ProcessEnv }} [options]
 * @returns The running peer, or nothing where this machine cannot have it.
 */
export function startPeer({ name, command }, { threads = 1, nodeArgs = [], env = {} } = {}) {
  const own = command();
  if (own === undefined) return undefined;
  const cores = pinning(threads);
  const line = [...(cores === undefined ? [] : ['taskset', '-c', cores]), own[0], ...nodeArgs, ...own.slice(1)];
  const child = spawn(line[0], line.slice(1), {
    env: { ...process.env, ...threadEnvironment(threads), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exchange = exchangeWith(child, name);
  return {
    name,
    pid: child.pid,
    ready: exchange.next(),
    /** Ask for what only some peers do. */
    ask: exchange.ask,
    load: (files) => exchange.ask({ load: files }),
    /** @param {{ from?: number, count: number, concurrency?: number }} work */
    run: ({ from = 0, count, concurrency = 1 }) => exchange.ask({ run: { from, count, concurrency } }),
    stop: () => {
      if (child.exitCode !== null) return Promise.resolve();
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.stdin.end();
      return ended;
    },
  };
}

function exchangeWith(child, name) {
  let errors = '';
  let waiting;
  const answers = [];
  child.stderr.on('data', (chunk) => {
    errors = `${errors}${chunk}`.slice(-4000);
  });
  // a peer that has died says so when it is next asked
  child.stdin.on('error', () => undefined);
  const settle = (answer) => {
    if (waiting === undefined) answers.push(answer);
    else waiting(answer);
    waiting = undefined;
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{"peer"')) settle(JSON.parse(line).peer);
  });
  const fail = (reason) => settle(new Error(`${name} ${reason}\n${errors}`));
  child.on('error', ({ message }) => fail(`did not start: ${message}`));
  child.on('close', (code) => code !== 0 && fail(`ended with code ${code}`));
  const next = async () => {
    const answer = answers.shift() ?? (await new Promise((resolve) => (waiting = resolve)));
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const ask = (message) => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    return next();
  };
  return { next, ask };
}
