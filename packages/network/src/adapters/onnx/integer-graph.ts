import type { OnnxNode, OnnxWriter } from './onnx-writer.ts';

/** A graph of which some nodes are to compute with bytes. */
export interface IntegerGraph {
  /** All nodes, without the activations that a change to bytes does for nothing. */
  readonly nodes: readonly OnnxNode[];
  readonly integer: ReadonlySet<OnnxNode>;
  /** Values that become bytes: what integer nodes read and give. */
  readonly values: readonly string[];
  /** Values that take the bytes of another, as a largest of bytes is one of them. */
  readonly alike: ReadonlyMap<string, string>;
}

/** Nodes with weights that ONNX Runtime computes with bytes on a CPU. */
const weighted: readonly string[] = ['Conv', 'Gemm'];

/** Nodes without that it computes with bytes, which saves changes to and fro. */
const between: readonly string[] = ['Add', 'MaxPool', 'AveragePool', 'Concat', 'LeakyRelu'];

/** What cuts off below zero, or also above a bound: bytes whose range ends there do the same. */
const cutting: readonly string[] = ['Relu', 'Clip'];

/** Convolutions of fewer input channels are faster with floats: they fill no row of a product of bytes. Colours are such. */
const fewestChannels = 8;

/**
 * Choose which nodes compute with bytes: convolutions and dense layers, but not the first, of colours, nor the last before each output,
 * whose answers stay precise; and what lies between them.
 */
export function integerGraph(writer: OnnxWriter): IntegerGraph {
  const { nodes, integer } = withoutCuts(writer.nodes, integerNodes(writer));
  const values = new Set<string>();
  const alike = new Map<string, string>();
  for (const node of nodes) {
    if (!integer.has(node)) continue;
    for (const value of [...node.inputs, node.output]) if (!writer.constants.has(value)) values.add(value);
    if (node.opType === 'MaxPool') alike.set(node.output, node.inputs[0]!);
  }
  return { nodes, integer, values: [...values], alike };
}

function integerNodes(writer: OnnxWriter): ReadonlySet<OnnxNode> {
  const heads = headsOf(writer);
  const integer = new Set<OnnxNode>();
  /** Values that are bytes already when they are made. */
  const bytes = new Set<string>();
  for (const node of writer.nodes) {
    const readsBytes = node.inputs.some((value) => bytes.has(value));
    if (weighted.includes(node.opType) ? !heads.has(node) && !isThin(node, writer) : readsBytes && isBetween(node)) {
      integer.add(node);
    } else if (!(readsBytes && cutting.includes(node.opType))) continue;
    bytes.add(node.output);
  }
  return integer;
}

/** Nodes with weights after which no other comes before an output. */
function headsOf({ nodes, outputs }: OnnxWriter): ReadonlySet<OnnxNode> {
  const wanted = new Set(outputs.map(({ name }) => name));
  const heads = new Set<OnnxNode>();
  for (const node of nodes.toReversed()) {
    if (!wanted.has(node.output)) continue;
    if (weighted.includes(node.opType)) heads.add(node);
    else for (const value of node.inputs) wanted.add(value);
  }
  return heads;
}

function isThin({ opType, inputs, attributes }: OnnxNode, { constants }: OnnxWriter): boolean {
  return opType === 'Conv' && attributes.group === 1 && constants.get(inputs[1]!)!.dims[1]! < fewestChannels;
}

function isBetween({ opType, attributes }: OnnxNode): boolean {
  // a largest of bytes with edges around them takes longer than one of floats
  const isEdged = opType === 'MaxPool' && (attributes.pads as readonly number[]).some((px) => px > 0);
  return between.includes(opType) && !isEdged;
}

/** Let an integer node give the value of the ReLU after it, where nothing else reads its own. */
function withoutCuts(all: readonly OnnxNode[], chosen: ReadonlySet<OnnxNode>) {
  const readers = new Map<string, OnnxNode[]>();
  for (const node of all) {
    for (const value of node.inputs) readers.set(value, [...(readers.get(value) ?? []), node]);
  }
  const dropped = new Set<OnnxNode>();
  const nodes: OnnxNode[] = [];
  const integer = new Set<OnnxNode>();
  for (const node of all) {
    if (dropped.has(node)) continue;
    const [reader, ...more] = readers.get(node.output) ?? [];
    // a largest of bytes has no range of its own to cut
    const isCut = chosen.has(node) && node.opType !== 'MaxPool' && more.length === 0;
    const cut = isCut && reader && cutting.includes(reader.opType) ? reader : undefined;
    if (cut) dropped.add(cut);
    const kept = cut ? { ...node, output: cut.output } : node;
    nodes.push(kept);
    if (chosen.has(node)) integer.add(kept);
  }
  return { nodes, integer };
}
