import { exitCodes } from './exit-codes.ts';

let batch: AbortController | undefined;

/** On Ctrl-C let a batch finish the file at hand; at once where there is no batch, or at the second Ctrl-C. */
export function handleInterruption(): void {
  process.on('SIGINT', () => {
    if (batch && !batch.signal.aborted) batch.abort();
    else process.exit(exitCodes.interrupted);
  });
}

/** Ask to be told of Ctrl-C instead of being ended by it. */
export function beginBatch(): AbortSignal {
  batch = new AbortController();
  return batch.signal;
}
