import type { LogRecord } from './log-record.ts';

/** The numbers of a record under the names that TensorBoard groups them by, such as `train/loss`. */
export function scalarsOf(record: LogRecord): readonly (readonly [name: string, value: number])[] {
  if (record.kind === 'step') {
    const { kind, iteration, ...numbers } = record;
    return named('train', numbers);
  }
  if (record.kind === 'validation') {
    const { kind, iteration, tarAtFar = {}, distances, ...numbers } = record;
    const rates = Object.entries(tarAtFar).map(([far, tar]) => [`validation/tarAtFar${far}`, tar] as const);
    return [...named('validation', numbers), ...rates];
  }
  return [];
}

function named(group: string, numbers: Readonly<Record<string, unknown>>): (readonly [string, number])[] {
  return Object.entries(numbers).flatMap(([name, value]) =>
    typeof value === 'number' ? [[`${group}/${name}`, value] as const] : [],
  );
}
