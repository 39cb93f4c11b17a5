import type * as tfTypes from '@tensorflow/tfjs';
import { inputName, layOut } from '../../graph.ts';
import type { Network } from '../../network.ts';
import { assertWeightsFit, initialWeights, type NetworkModel, type Weights, type WeightTensor } from '../../weights.ts';
import { operationLayer } from './layer.ts';
import type { TensorFlow } from './tensorflow.ts';

export interface ModelOptions {
  /** What the network has learnt; else it starts anew. */
  readonly weights?: Weights | undefined;
  /** Of the weights to begin with. */
  readonly seed?: number;
}

/**
 * Build a trainable model of a table. Each layer bears the name of its node; input `[null, ...input]`. Dropout's masks follow from the
 * seed that `model.apply(x, { training: true, seed })` is given.
 *
 * @returns Outputs in the network's order: maps `[batch, height, width, channels]`, vectors `[batch, length]`.
 * @throws {FaceError} `NETWORK_INVALID`, `WEIGHTS_MISMATCH`, `WEIGHTS_NOT_FINITE`.
 */
export function buildModel(
  tf: TensorFlow,
  network: Network,
  { seed = 1, weights = initialWeights(network, { seed }) }: ModelOptions = {},
): tfTypes.LayersModel {
  const graph = layOut(network);
  assertWeightsFit(network, weights);
  const input = tf.input({ shape: [...graph.input], name: inputName });
  const values = new Map([[inputName, input]]);
  for (const node of graph.nodes) {
    const read = node.inputs.map((name) => values.get(name)!);
    const layer = new (operationLayer(tf))({ name: node.name, operation: node.operation });
    values.set(node.name, layer.apply(read.length === 1 ? read[0]! : read) as tfTypes.SymbolicTensor);
  }
  const model = tf.model({
    inputs: input,
    outputs: graph.outputs.map((name) => values.get(name)!),
    name: network.name,
  });
  setWeights(tf, model, weights);
  return model;
}

/** What a model has learnt, by the table's parameter names. */
export function readWeights(model: tfTypes.LayersModel): Weights {
  return new Map(
    parametersIn(model).map(({ name, variable }): [string, WeightTensor] => {
      const tensor = variable.read();
      return [name, { shape: tensor.shape, data: Float32Array.from(tensor.dataSync()) }];
    }),
  );
}

/**
 * Give a table's model other weights.
 *
 * @throws {FaceError} `WEIGHTS_MISMATCH`, `WEIGHTS_NOT_FINITE`; the model then keeps its own.
 */
export function assignWeights(
  tf: TensorFlow,
  { model, network, weights }: NetworkModel & { readonly model: tfTypes.LayersModel },
): void {
  assertWeightsFit(network, weights);
  setWeights(tf, model, weights);
}

function setWeights(tf: TensorFlow, model: tfTypes.LayersModel, weights: Weights): void {
  for (const { name, variable } of parametersIn(model)) {
    const { shape, data } = weights.get(name)!;
    tf.tidy(() => {
      // numbers of its own: TensorFlow.js keeps what it is given, and takes no shared memory
      variable.write(tf.tensor(data.slice(), [...shape], 'float32'));
    });
  }
}

/** What a model trains, by the table's parameter names: its own variables, not copies. */
export function trainableVariables(model: tfTypes.LayersModel): ReadonlyMap<string, tfTypes.Variable> {
  return variablesIn(model, ({ trainable }) => trainable);
}

/** What a model keeps but does not train, such as a norm's running mean: its own variables, not copies. */
export function keptVariables(model: tfTypes.LayersModel): ReadonlyMap<string, tfTypes.Variable> {
  return variablesIn(model, ({ trainable }) => !trainable);
}

function variablesIn(
  model: tfTypes.LayersModel,
  isWanted: (variable: tfTypes.LayerVariable) => boolean,
): ReadonlyMap<string, tfTypes.Variable> {
  return new Map(
    parametersIn(model)
      .filter(({ variable }) => isWanted(variable))
      .map(({ name, variable }) => [name, variable.read() as tfTypes.Variable]),
  );
}

function parametersIn(model: tfTypes.LayersModel) {
  return model.layers.flatMap((layer) =>
    layer.weights.map((variable) => {
      const part = variable.originalName.slice(variable.originalName.lastIndexOf('/') + 1);
      return { name: `${layer.name}/${part}`, variable };
    }),
  );
}
