import { FaceError } from '@kith/core';
import { type Graph, inputName, layOut, type Node } from '../graph.ts';
import type { Network } from '../network.ts';
import type { OperationKind } from '../operation.ts';
import { elementsOf, formatShape } from '../shape.ts';
import { assertWeightsFit, type Weights } from '../weights.ts';
import * as channels from './channels.ts';
import * as convolutions from './convolutions.ts';
import * as merges from './merges.ts';
import { asMaps, type Pass, type Task, type Volume } from './pass.ts';
import * as pools from './pools.ts';

const passes: { readonly [K in OperationKind]: Pass<K> } = { ...convolutions, ...pools, ...channels, ...merges };

/** A network with all that came out of its nodes for one input. */
export interface Trace {
  readonly graph: Graph;
  readonly weights: Weights;
  /** By node name, and the input under `input`. */
  readonly volumes: ReadonlyMap<string, Volume>;
}

export interface TraceOptions {
  /** Name of the last node to run; all by default. */
  readonly until?: string;
}

/**
 * Run a network on one input in plain loops and keep what every node gives.
 *
 * @param input - Row-major, of the network's input size.
 * @throws {FaceError} `USAGE` for an input of another length; `NETWORK_INVALID`, `WEIGHTS_MISMATCH`, `WEIGHTS_NOT_FINITE`.
 */
export function traceNetwork(
  { network, weights }: { readonly network: Network; readonly weights: Weights },
  input: Float32Array,
  { until }: TraceOptions = {},
): Trace {
  assertWeightsFit(network, weights);
  const graph = layOut(network);
  if (input.length !== elementsOf(graph.input)) {
    throw new FaceError('USAGE', `${network.name} takes ${formatShape(graph.input)} numbers, got ${input.length}.`);
  }
  const volumes = new Map<string, Volume>([[inputName, { shape: asMaps(graph.input), data: input }]]);
  for (const node of graph.nodes) {
    const task = taskOf(node, volumes, weights);
    volumes.set(node.name, { shape: task.shape, data: passOf(node).forward(task) });
    if (node.name === until) break;
  }
  return { graph, weights, volumes };
}

/**
 * Bring a signal at a node back to the network's input.
 *
 * @param signal - One number for each of the node's.
 * @returns One number for each of the input's; zeros where the node does not read it.
 * @see Zeiler & Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014, §2.1.
 */
export function projectBack({ graph, weights, volumes }: Trace, node: string, signal: Float32Array): Float32Array {
  const signals = new Map<string, Float32Array>([[node, signal]]);
  const end = graph.nodes.findIndex(({ name }) => name === node);
  for (const at of graph.nodes.slice(0, end + 1).reverse()) {
    const arrived = signals.get(at.name);
    if (!arrived) continue;
    signals.delete(at.name);
    const back = passOf(at).backward(taskOf(at, volumes, weights), arrived);
    at.inputs.forEach((name, i) => {
      const before = signals.get(name);
      // copied, since a signal may have come through as it was
      signals.set(name, before ? before.map((value, k) => value + back[i]![k]!) : back[i]!);
    });
  }
  return signals.get(inputName) ?? new Float32Array(elementsOf(graph.input));
}

function passOf(node: Node): Pass<OperationKind> {
  return passes[node.operation.kind] as Pass<OperationKind>;
}

function taskOf(node: Node, volumes: ReadonlyMap<string, Volume>, weights: Weights): Task<OperationKind> {
  return {
    operation: node.operation,
    node,
    inputs: node.inputs.map((name) => volumes.get(name)!),
    shape: asMaps(node.shape),
    part: (name) => weights.get(`${node.name}/${name}`)?.data,
  };
}
