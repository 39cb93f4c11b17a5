import { foldForServing } from '../../fold.ts';
import { inputName, layOut } from '../../graph.ts';
import { isMaps } from '../../shape.ts';
import { assertWeightsFit, type NetworkModel } from '../../weights.ts';
import { OnnxWriter } from './onnx-writer.ts';
import { writeNode } from './write-node.ts';

/**
 * Write a table and its weights down as an ONNX file: float32, any batch. Its input is `[batch, height, width, channels]`, and so are
 * outputs that are maps. Norms are folded; outputs keep the names that they have in the table.
 *
 * @throws {FaceError} `WEIGHTS_MISMATCH` or `WEIGHTS_NOT_FINITE`; `MODEL_UNSUPPORTED` above 2 GiB.
 */
export function exportOnnx(model: NetworkModel): Uint8Array {
  return writeFolded(model).finish();
}

/**
 * The ONNX graph of a table whose norms are folded.
 *
 * @throws {FaceError} `WEIGHTS_MISMATCH` or `WEIGHTS_NOT_FINITE`.
 */
export function writeFolded(model: NetworkModel): OnnxWriter {
  assertWeightsFit(model.network, model.weights);
  return writeModel(foldForServing(model), layOut(model.network).outputs);
}

/** The ONNX graph of a table as it stands, its outputs under the given names. */
export function writeModel({ network, weights }: NetworkModel, names?: readonly string[]): OnnxWriter {
  const graph = layOut(network);
  const shapes = new Map(graph.nodes.map(({ name, shape }) => [name, shape]));
  const outputs = graph.outputs.map((node, i) => ({
    name: names?.[i] ?? node,
    shape: shapes.get(node) ?? graph.input,
  }));
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
  outputs.forEach(({ name, shape }, i) => {
    const value = values.get(graph.outputs[i]!)!;
    if (isMaps(shape)) writer.node('Transpose', [value], { output: name, perm: [0, 2, 3, 1] });
    else writer.node('Identity', [value], { output: name });
  });
  return writer;
}
