import { countGraph } from '../count.ts';
import { layOut, type Node } from '../graph.ts';
import type { Network } from '../network.ts';
import type { Operation } from '../operation.ts';
import { formatShape } from '../shape.ts';

/**
 * Print a network as its paper's table: what each row does, its output, its parameters and its multiply-adds.
 *
 * @returns lines, the total last.
 * @throws {FaceError} `NETWORK_INVALID` when the table does not fit together.
 */
export function networkTable(network: Network): readonly string[] {
  const graph = layOut(network);
  const counted = countGraph(graph);
  const rows = counted.rows.map(({ name, output, parameters, macs }, i) => [
    name,
    rowText(graph.nodes.filter(({ row }) => row === i)),
    formatShape(output),
    wholeText(parameters),
    wholeText(macs),
  ]);
  const total = ['total', '', '', wholeText(counted.parameters), wholeText(counted.macs)];
  const lines = alignColumns([['row', 'kind', 'output', 'parameters', 'MACs'], ...rows, total]);
  const note = network.note ?? 'counts trainable parameters, and multiply-adds of one input';
  return [...lines, `total: ${note}`];
}

/** Set cells in columns: the last two to the right, the others to the left. */
export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows.map((row) =>
    row
      .map((cell, c) => (c < columns - 2 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** A whole number with its thousands apart. */
export function wholeText(value: number): string {
  return value.toLocaleString('en-US');
}

function rowText(nodes: readonly Node[]): string {
  const weighty = nodes.filter(({ operation }) => 'kernel' in operation || operation.kind === 'dense');
  if (weighty.length > 3) return `block of ${nodes.length} layers`;
  const told = weighty.length > 0 ? weighty : nodes;
  return told.map(({ operation }) => operationText(operation)).join(', ');
}

/** An operation with its kernel, stride and filters. */
export function operationText(operation: Operation): string {
  if (operation.kind === 'dense') return `dense ${operation.units}`;
  if (operation.kind === 'activation') return operation.function;
  if (!('kernel' in operation)) return operation.kind;
  const filters = 'filters' in operation ? `, ${operation.filters}` : '';
  const [down, across] = operation.stride;
  const stride = down === across ? `${down}` : `${down}×${across}`;
  return `${operation.kind} ${operation.kernel.join('×')}/${stride}${filters}`;
}
