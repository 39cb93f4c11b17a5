/**
 * Memory shared with a thread of the pool. A process that ends, or a thread that is ended, within a call of the native library
 * aborts; so `busy` tells how many calls are under way, and `stop` asks the thread to end itself once they are done.
 */
export type ThreadFlags = Int32Array<SharedArrayBuffer>;

const stop = 0;
const busy = 1;

/** Longest wait for the threads' calls when the process ends. */
const exitTimeoutMs = 5000;

const running = new Set<ThreadFlags>();

/** Make flags for a thread, whose calls the end of the process is to wait for until {@link retireFlags}. */
export function createFlags(): ThreadFlags {
  if (running.size === 0) process.on('exit', stopAllBeforeExit);
  const flags = new Int32Array(new SharedArrayBuffer(8));
  running.add(flags);
  return flags;
}

export function retireFlags(flags: ThreadFlags): void {
  running.delete(flags);
  if (running.size === 0) process.removeListener('exit', stopAllBeforeExit);
}

export function askToStop(flags: ThreadFlags): void {
  Atomics.store(flags, stop, 1);
}

export function shouldStop(flags: ThreadFlags): boolean {
  return Atomics.load(flags, stop) === 1;
}

export function beginCall(flags: ThreadFlags): void {
  Atomics.add(flags, busy, 1);
}

export function endCall(flags: ThreadFlags): void {
  Atomics.sub(flags, busy, 1);
  Atomics.notify(flags, busy);
}

function stopAllBeforeExit(): void {
  for (const flags of running) askToStop(flags);
  for (const flags of running) {
    for (let calls = Atomics.load(flags, busy); calls > 0; calls = Atomics.load(flags, busy)) {
      if (Atomics.wait(flags, busy, calls, exitTimeoutMs) === 'timed-out') break;
    }
  }
}
