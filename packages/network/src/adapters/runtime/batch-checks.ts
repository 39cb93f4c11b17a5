import { FaceError } from '@kith/core';
import type { Batch } from '../../runtime.ts';
import { elementsOf, formatShape, type Shape } from '../../shape.ts';

/** @throws {FaceError} `USAGE` for a batch that does not hold `count` inputs. */
export function assertBatch({ count, data }: Batch, input: Shape): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new FaceError('USAGE', `A batch holds ${count} inputs, expected a whole number from 1.`);
  }
  const expected = count * elementsOf(input);
  if (data.length === expected) return;
  const what = `${expected} for ${count} times ${formatShape(input)}`;
  throw new FaceError('USAGE', `A batch has ${data.length} numbers, expected ${what}.`);
}

/** @throws {FaceError} `CANCELLED` once the caller no longer wants the answer. */
export function assertWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled();
}

export function cancelled(): FaceError {
  return new FaceError('CANCELLED', 'The run of a network was cancelled.');
}

/** @throws {FaceError} `USAGE` once a runtime was disposed of. */
export function assertOpen(disposed: boolean): void {
  if (disposed) throw new FaceError('USAGE', 'The runtime was disposed of, expected one in use.');
}

/** What whoever waits for a runtime or a session gets that is disposed of meanwhile. */
export function disposedOf(): FaceError {
  return new FaceError('CANCELLED', 'The network was disposed of before its answer.');
}
