import type { TensorFlow } from '@kith/network/tfjs';
import type { LogRecord } from '../../report/log-record.ts';
import { scalarsOf } from '../../report/scalars.ts';

/** What TensorFlow's own library writes events with. */
interface SummaryFileWriter {
  scalar(name: string, value: number, step: number): void;
  flush(): void;
}

/** Writes the numbers of a run as TensorBoard's events. */
export interface EventWriter {
  write(record: LogRecord): void;
  /** Write out what is held in memory. */
  flush(): void;
}

/**
 * Open TensorBoard's events of a run; a run that goes on adds a file to the folder.
 *
 * @returns Nothing where this TensorFlow.js is not the one of TensorFlow's own library, which alone can write them.
 */
export function openEventWriter(tf: TensorFlow, folder: string): EventWriter | undefined {
  if (!hasSummaries(tf)) return undefined;
  const writer = tf.node.summaryFileWriter(folder);
  return {
    write(record) {
      for (const [name, value] of scalarsOf(record)) writer.scalar(name, value, record.iteration);
    },
    flush: () => writer.flush(),
  };
}

function hasSummaries(
  tf: object,
): tf is { readonly node: { readonly summaryFileWriter: (folder: string) => SummaryFileWriter } } {
  if (!('node' in tf) || typeof tf.node !== 'object' || tf.node === null) return false;
  return 'summaryFileWriter' in tf.node && typeof tf.node.summaryFileWriter === 'function';
}
