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

/** Nodes that ONNX Runtime computes with bytes on a CPU, and that gain by it. */
const kerneled: readonly string[] = ['Conv', 'Gemm'];
const others: readonly string[] = ['Add', 'MaxPool', 'AveragePool', 'Concat'];

/** What cuts off below zero, or also above a bound: bytes whose range ends there do the same. */
const cutting: readonly string[] = ['Relu', 'Clip'];

/**
 * Choose which nodes compute with bytes: convolutions and dense layers but the last, whose answer stays precise, and what lies between
 * them.
 */
export function integerGraph(writer: OnnxWriter): IntegerGraph {
  const isConstant = (value: string) => writer.constants.has(value);
  const last = writer.nodes.findLast(({ opType }) => kerneled.includes(opType));
  const isInteger = (node: OnnxNode) =>
    node !== last &&
    (kerneled.includes(node.opType) || (others.includes(node.opType) && !node.inputs.some(isConstant)));
  const { nodes, integer } = withoutCuts(writer.nodes, isInteger);
  const values = new Set<string>();
  const alike = new Map<string, string>();
  for (const node of nodes) {
    if (!integer.has(node)) continue;
    for (const value of [...node.inputs, node.output]) if (!isConstant(value)) values.add(value);
    if (node.opType === 'MaxPool') alike.set(node.output, node.inputs[0]!);
  }
  return { nodes, integer, values: [...values], alike };
}

/** Let an integer node give the value of the ReLU after it, where nothing else reads its own. */
function withoutCuts(all: readonly OnnxNode[], isInteger: (node: OnnxNode) => boolean) {
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
    const isCut = isInteger(node) && more.length === 0 && cutting.includes(reader?.opType ?? '');
    if (isCut && node.opType !== 'MaxPool') dropped.add(reader!);
    const kept = dropped.has(reader!) ? { ...node, output: reader!.output } : node;
    nodes.push(kept);
    if (isInteger(node)) integer.add(kept);
  }
  return { nodes, integer };
}
