import { countGraph } from '../count.ts';
import { layOut } from '../graph.ts';
import type { Network } from '../network.ts';
import type { Layer, Operation, OperationKind } from '../operation.ts';
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
    rowText(network.rows[i]!),
    formatShape(output),
    wholeText(parameters),
    wholeText(macs),
  ]);
  const total = ['total', '', '', wholeText(counted.parameters), wholeText(counted.macs)];
  const lines = alignColumns([['row', 'kind', 'output', 'parameters', 'MACs'], ...rows, total]);
  const note = network.note ?? 'counts trainable parameters, and multiply-adds of one input';
  return [...lines, note];
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

/** A row that takes more letters is told by its size alone. */
const longestRow = 120;

/** What a row does: layers one after the other by arrows, branches side by side by bars. */
function rowText(row: Layer): string {
  const text = layerText(row, { isInBlock: false });
  if (text === '')
    return layersOf(row)
      .map(({ operation }) => operationText(operation))
      .join(', ');
  return text.length > longestRow ? `block of ${layersOf(row).length} layers` : text;
}

/** Kinds that papers' tables leave out beside what they follow. */
const quiet: ReadonlySet<OperationKind> = new Set([
  'activation',
  'batchNorm',
  'channelScale',
  'prelu',
  'leakyRelu',
  'dropout',
]);

function layerText(layer: Layer, { isInBlock }: { readonly isInBlock: boolean }): string {
  const chainText = (layers: readonly Layer[], place: { readonly isInBlock: boolean }) =>
    layers
      .map((inner) => layerText(inner, place))
      .filter((text) => text !== '')
      .join(' → ');
  if ('operation' in layer) {
    const { operation } = layer;
    if (quiet.has(operation.kind)) return '';
    const text = operationText(operation);
    return isInBlock && operation.kind === 'conv' ? text.replace(/^conv /, '') : text;
  }
  if ('layers' in layer) return chainText(layer.layers, { isInBlock });
  const branches = layer.branches.map((branch) => chainText(branch, { isInBlock: true }) || 'as it is');
  return `(${branches.join(layer.merge.kind === 'add' ? ' + ' : ' | ')})`;
}

/** The steps of a row and what puts its branches together, in order. */
function layersOf(layer: Layer): readonly { readonly operation: Operation }[] {
  if ('operation' in layer) return [layer];
  if ('layers' in layer) return layer.layers.flatMap(layersOf);
  return [...layer.branches.flat().flatMap(layersOf), { operation: layer.merge }];
}

/** An operation with its kernel, stride and filters. */
export function operationText(operation: Operation): string {
  if (operation.kind === 'dense') return `dense ${operation.units}`;
  if (operation.kind === 'activation') return operation.function;
  if (!('kernel' in operation)) return operation.kind;
  const filters = 'filters' in operation ? `, ${operation.filters}` : '';
  const [down, across] = operation.stride;
  const stride = down === across ? (down === 1 ? '' : `/${down}`) : `/${down}×${across}`;
  return `${operation.kind} ${operation.kernel.join('×')}${stride}${filters}`;
}
