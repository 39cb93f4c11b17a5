import { reach } from './geometry.ts';
import { type Graph, inputName, layOut, type Node } from './graph.ts';
import type { Network } from './network.ts';
import { macsOf } from './parameters.ts';
import { elementsOf, isMaps, type Maps, type Pair, type Shape } from './shape.ts';

/** What a row of a table costs. */
export interface RowCount {
  readonly name: string;
  /** Size of its output; a vector is `[1, 1, length]`. */
  readonly output: Maps;
  /** Trainable parameters. */
  readonly parameters: number;
  /** Multiply-adds of one input in convolutions, locally connected and dense layers. */
  readonly macs: number;
}

export interface NetworkCount {
  readonly name: string;
  readonly input: Maps;
  readonly parameters: number;
  readonly macs: number;
  /** Longer side in px of the patch of the input that one place of the last maps sees. */
  readonly receptiveField: number;
  readonly rows: readonly RowCount[];
}

/**
 * Count a network's parameters and multiply-adds, row by row, and its receptive field.
 *
 * @throws {FaceError} `NETWORK_INVALID` when the table does not fit together.
 */
export function count(network: Network): NetworkCount {
  return countGraph(layOut(network));
}

/** The same of a table that is laid out already. */
export function countGraph(graph: Graph): NetworkCount {
  const rows = graph.rows.map((name, i) =>
    countRow(
      name,
      graph.nodes.filter(({ row }) => row === i),
      graph,
    ),
  );
  const total = (of: (row: RowCount) => number) => rows.reduce((sum, row) => sum + of(row), 0);
  return {
    name: graph.name,
    input: asMaps(graph.input),
    parameters: total(({ parameters }) => parameters),
    macs: total(({ macs }) => macs),
    receptiveField: receptiveField(graph),
    rows,
  };
}

function countRow(name: string, nodes: readonly Node[], graph: Graph): RowCount {
  const parameters = nodes.flatMap((node) => node.parameters.filter(({ trainable }) => trainable));
  return {
    name,
    output: asMaps(nodes.at(-1)?.shape ?? graph.input),
    parameters: parameters.reduce((sum, { shape }) => sum + elementsOf(shape), 0),
    macs: nodes.reduce((sum, { operation, inputShapes, shape }) => sum + macsOf(operation, inputShapes[0]!, shape), 0),
  };
}

function asMaps(shape: Shape): Maps {
  return isMaps(shape) ? shape : [1, 1, shape[0]];
}

/** How much of the input one place sees, and how far apart its neighbours' patches lie, in px. */
interface Field {
  readonly size: Pair;
  readonly jump: Pair;
}

/** @see Araujo, Norris & Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019. */
function receptiveField(graph: Graph): number {
  const fields = new Map<string, Field>([[inputName, { size: [1, 1], jump: [1, 1] }]]);
  let largest = 1;
  for (const { name, operation, inputs, shape } of graph.nodes) {
    const read = inputs.map((input) => fields.get(input)).filter((field) => field !== undefined);
    if (read.length === 0 || !isMaps(shape)) continue;
    const before: Field = {
      size: [Math.max(...read.map(({ size }) => size[0])), Math.max(...read.map(({ size }) => size[1]))],
      jump: read[0]!.jump,
    };
    const field = 'kernel' in operation ? seen(operation, before) : before;
    fields.set(name, field);
    largest = Math.max(largest, ...field.size);
  }
  return largest;
}

function seen(operation: Extract<Node['operation'], { kernel: Pair }>, { size, jump }: Field): Field {
  // a transposed convolution's outputs lie closer together than its inputs: none of them sees more than its kernel's share
  if (operation.kind === 'transposedConv') {
    const [down, across] = operation.stride;
    return {
      size: [
        size[0] + (Math.ceil(operation.kernel[0] / down) - 1) * jump[0],
        size[1] + (Math.ceil(operation.kernel[1] / across) - 1) * jump[1],
      ],
      jump: [jump[0] / down, jump[1] / across],
    };
  }
  const dilation: Pair = 'dilation' in operation ? operation.dilation : [1, 1];
  const grown = (axis: 0 | 1) => size[axis] + (reach(operation.kernel[axis], dilation[axis]) - 1) * jump[axis];
  return {
    size: [grown(0), grown(1)],
    jump: [jump[0] * operation.stride[0], jump[1] * operation.stride[1]],
  };
}
