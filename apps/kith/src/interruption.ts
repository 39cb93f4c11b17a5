import { type ExitCode, exitCodes } from './exit-codes.ts';

const codes = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;

let batch: AbortController | undefined;

/** On Ctrl-C or SIGTERM let a batch finish the file at hand; at once where there is no batch, or at the second signal. */
export function handleInterruption(): void {
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (batch && !batch.signal.aborted) batch.abort(codes[name]);
      else process.exit(codes[name]);
    });
  }
}

/** Ask to be told of a signal instead of being ended by it. */
export function beginBatch(): AbortSignal {
  batch = new AbortController();
  return batch.signal;
}

/** The exit code for the signal that stopped a batch. */
export function stoppedCode({ reason }: AbortSignal): ExitCode {
  return Object.values(codes).find((code) => code === reason) ?? exitCodes.interrupted;
}
