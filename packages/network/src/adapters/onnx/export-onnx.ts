import { inputName, layOut } from '../../graph.ts';
import { isMaps } from '../../shape.ts';
import type { NetworkModel } from '../../weights.ts';
import { OnnxWriter } from './onnx-writer.ts';
import { writeNode } from './write-node.ts';

/**
 * Write a table and its weights down as an ONNX file: float32, any batch. Its input is `[batch, height, width, channels]`, and so are
 * outputs that are maps.
 */
export function exportOnnx(model: NetworkModel): Uint8Array {
  return writeModel(model).finish();
}

/** The nodes of a table's ONNX graph, with its input and outputs. */
export function writeModel({ network, weights }: NetworkModel): OnnxWriter {
  const graph = layOut(network);
  const shapes = new Map(graph.nodes.map(({ name, shape }) => [name, shape]));
  const outputs = graph.outputs.map((name) => ({ name, shape: shapes.get(name) ?? graph.input }));
  const writer = new OnnxWriter(network.name, { input: graph.input, outputs });
  const values = new Map<string, string>();
  values.set(
    inputName,
    isMaps(graph.input) ? writer.node('Transpose', ['input'], { output: 'input:maps', perm: [0, 3, 1, 2] }) : 'input',
  );
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((input) => values.get(input)!);
    const { operation } = node;
    values.set(node.name, writeNode({ node, operation, writer, weights, inputs, output: `${node.name}:value` }));
  }
  for (const { name, shape } of outputs) {
    if (isMaps(shape)) writer.node('Transpose', [values.get(name)!], { output: name, perm: [0, 2, 3, 1] });
    else writer.node('Identity', [values.get(name)!], { output: name });
  }
  return writer;
}
