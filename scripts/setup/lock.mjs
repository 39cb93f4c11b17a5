import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inRoot } from './paths.mjs';
import { say } from './progress.mjs';

const lockFile = inRoot('.cache', 'setup.lock');

/**
 * Do something while no other set-up of this folder runs; waits for one that does.
 *
 * @param {() => Promise<void>} work
 */
export async function withLock(work) {
  mkdirSync(dirname(lockFile), { recursive: true });
  for (let told = false; !take(); told = true) {
    const holder = readHolder();
    // a container gives the same process id again
    if (holder !== undefined && (holder === process.pid || !isAlive(holder))) clearStale(holder);
    else {
      if (!told)
        say(`another set-up${holder === undefined ? '' : ` (process ${holder})`} is at work here; waiting for it`);
      await sleep(250);
    }
  }
  const release = () => rmSync(lockFile, { force: true });
  process.once('exit', release);
  try {
    await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function take() {
  try {
    writeFileSync(lockFile, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @returns {number | undefined} Process id, or nothing while the holder is writing it or has just left. */
function readHolder() {
  try {
    const holder = Number.parseInt(readFileSync(lockFile, 'utf8'), 10);
    return Number.isNaN(holder) ? undefined : holder;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Remove the lock of a process that has died. Of several that try, one rename wins.
 *
 * @param {number} holder
 */
function clearStale(holder) {
  const mine = `${lockFile}.${process.pid}`;
  try {
    renameSync(lockFile, mine);
  } catch {
    return;
  }
  // between the look and the rename someone else may have taken it: give it back
  if (Number.parseInt(readFileSync(mine, 'utf8'), 10) === holder) rmSync(mine);
  else renameSync(mine, lockFile);
}
