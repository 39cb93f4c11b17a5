import { spawn } from 'node:child_process';

/** What failed, and what to do about it. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} advice
   */
  constructor(message, advice) {
    super(message);
    this.advice = advice;
  }
}

/**
 * Print one line of progress; words go to stderr, so that a command behind set-up keeps its stdout.
 *
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] Added to this process's own.
 * @property {number} [limitSeconds] The command is ended after this long.
 * @property {boolean} [shell]
 * @property {string} [failure] What to call it when it fails, where failing is no surprise.
 */

/**
 * @typedef {object} CommandResult
 * @property {boolean} ok
 * @property {string} tail What it printed, the middle left out where that is long.
 */

/**
 * Run a command, showing what it does and how long it has been at it; its own output is kept for when it fails.
 *
 * @param {string} label
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<CommandResult>}
 */
export async function runCommand(
  label,
  command,
  args,
  { cwd, env = {}, limitSeconds = 1800, shell = false, failure = 'failed' } = {},
) {
  const stopClock = startClock(label);
  const result = await collect(command, args, { cwd, env, limitSeconds, shell });
  stopClock(result.ok ? 'done' : failure);
  return result;
}

/**
 * Show that a long step lives: a running clock on a terminal, a line every ten seconds elsewhere.
 *
 * @param {string} label
 * @returns {(outcome: string) => void} Ends the clock.
 */
export function startClock(label) {
  const started = Date.now();
  const terminal = process.stderr.isTTY === true;
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const show = () =>
    process.stderr.write(terminal ? `\rsetup: ${label} … ${seconds()} s ` : `setup: ${label} … ${seconds()} s\n`);
  if (!terminal) say(`${label} …`);
  const timer = setInterval(show, terminal ? 250 : 10_000);
  return (outcome) => {
    clearInterval(timer);
    process.stderr.write(`${terminal ? '\r' : ''}setup: ${label}: ${outcome} (${seconds()} s)\n`);
  };
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Required<Pick<CommandOptions, 'env' | 'limitSeconds' | 'shell'>> & { cwd: string | undefined }} options
 * @returns {Promise<CommandResult>}
 */
function collect(command, args, { cwd, env, limitSeconds, shell }) {
  return new Promise((resolve) => {
    const own = process.platform !== 'win32';
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      shell,
      detached: own,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
      if (output.length > 2_000_000) output = `${output.slice(0, 4000)}\n${output.slice(-8000)}`;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    // its own process group, so that a compiler's children end with it
    const end = () => {
      if (child.pid === undefined) return;
      try {
        if (own) process.kill(-child.pid, 'SIGKILL');
        else child.kill('SIGKILL');
      } catch {
        // it ended by itself a moment ago
      }
    };
    const interrupted = () => {
      end();
      process.exit(130);
    };
    process.once('SIGINT', interrupted);
    process.once('SIGTERM', interrupted);
    const timer = setTimeout(() => {
      output += `\n(ended after ${limitSeconds} s)`;
      end();
    }, limitSeconds * 1000);
    const finish = (/** @type {boolean} */ ok) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupted);
      process.off('SIGTERM', interrupted);
      resolve({ ok, tail: shorten(output) });
    };
    child.on('error', (error) => {
      output += `\n${error.message}`;
      finish(false);
    });
    child.on('close', (code) => finish(code === 0));
  });
}

/** @param {string} output */
function shorten(output) {
  const lines = output.trim().split('\n');
  return lines.length <= 40 ? lines.join('\n') : [...lines.slice(0, 15), '…', ...lines.slice(-24)].join('\n');
}
