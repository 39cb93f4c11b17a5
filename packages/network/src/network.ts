import type { Layer } from './operation.ts';
import type { Shape } from './shape.ts';

/** A network as its paper's table: a value, plain data all through, that builders, the counter and the exporter read. */
export interface Network {
  readonly name: string;
  /** What one input is: `[height, width, channels]`, or `[n]` ids for an embedding lookup. */
  readonly input: Shape;
  /** The table's rows. */
  readonly rows: readonly Layer[];
  /** Names of the layers whose outputs are wanted; the last row by default. */
  readonly outputs?: readonly string[];
  /** What the table's totals count, and what in the table is ours. */
  readonly note?: string;
}

export interface NetworkOptions {
  readonly input: Shape;
  readonly outputs?: readonly string[];
  readonly note?: string;
}

/** Write a network down. */
export function network(name: string, options: NetworkOptions, rows: readonly Layer[]): Network {
  return { name, ...options, rows };
}

/** The same table for inputs of another size. */
export function resized(table: Network, input: Shape): Network {
  return { ...table, input };
}

/** The table up to a row, the row included: the network that gives that row's output. */
export function upTo(table: Network, row: string): Network {
  const end = table.rows.findIndex(({ name }) => name === row);
  const { outputs: _, ...rest } = table;
  return { ...rest, rows: table.rows.slice(0, end + 1) };
}
