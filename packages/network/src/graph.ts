import { FaceError } from '@kith/core';
import { type Geometry, geometryOf } from './geometry.ts';
import type { Network } from './network.ts';
import type { Layer, Operation } from './operation.ts';
import { type Parameter, parametersOf } from './parameters.ts';
import { formatShape, type Shape } from './shape.ts';

/** One operation of a network in its place: what it reads, how large its output is, what it learns. */
export interface Node {
  readonly name: string;
  readonly operation: Operation;
  /** Names of the nodes it reads; `input` is the network's own. */
  readonly inputs: readonly string[];
  readonly inputShapes: readonly Shape[];
  readonly shape: Shape;
  /** For windows: px added around the input, and what `ceil` adds below and to the right beyond them, which no mean counts. */
  readonly geometry: Geometry | undefined;
  readonly parameters: readonly Parameter[];
  /** Number of the table's row it comes from. */
  readonly row: number;
}

/** A network laid out: every operation in an order in which it can be run, all sizes known but the batch's. */
export interface Graph {
  readonly name: string;
  readonly input: Shape;
  readonly nodes: readonly Node[];
  /** Names of the nodes whose outputs are wanted. */
  readonly outputs: readonly string[];
  readonly rows: readonly string[];
}

/** The name under which layers read what goes into the network. */
export const inputName = 'input';

/**
 * Lay a table out.
 *
 * @throws {FaceError} `NETWORK_INVALID` naming the layer, what was expected and what was got.
 */
export function layOut(network: Network): Graph {
  const builder = new GraphBuilder(network.name, network.input);
  network.rows.forEach((row, i) => {
    builder.addRow(row, i);
  });
  const outputs = (network.outputs ?? [network.rows.at(-1)?.name ?? '']).map((name) => builder.resolve(name, '', name));
  return {
    name: network.name,
    input: network.input,
    nodes: builder.nodes,
    outputs,
    rows: network.rows.map(({ name }) => name),
  };
}

class GraphBuilder {
  readonly nodes: Node[] = [];
  readonly #network: string;
  readonly #shapes = new Map<string, Shape>();
  /** The node that gives a layer's output, by the layer's full name. */
  readonly #outputOf = new Map<string, string>([[inputName, inputName]]);
  #last = inputName;
  #row = 0;

  constructor(network: string, input: Shape) {
    this.#network = network;
    this.#shapes.set(inputName, input);
  }

  addRow(row: Layer, number: number): void {
    this.#row = number;
    this.#last = this.#add(row, '', this.#last);
  }

  /** The node behind a layer's name, looked for in the innermost block first. */
  resolve(name: string, scope: string, asker: string): string {
    for (let prefix = scope; ; prefix = prefix.slice(0, Math.max(prefix.lastIndexOf('/'), 0))) {
      const node = this.#outputOf.get(prefix === '' ? name : `${prefix}/${name}`);
      if (node !== undefined) return node;
      if (prefix === '') break;
    }
    throw this.#invalid(asker, `reads a layer "${name}", which does not come before it`);
  }

  /** Add a layer that reads `previous`; gives the node of its output. */
  #add(layer: Layer, scope: string, previous: string): string {
    const name = [scope, layer.name].filter((part) => part !== '').join('/');
    if (name === '') throw this.#invalid('a row', 'has no name');
    const from = layer.from?.map((source) => this.resolve(source, scope, name)) ?? [previous];
    const output = this.#addBody(layer, name, from);
    const isInner = layer.name === '';
    if (!isInner) {
      if (this.#outputOf.has(name)) throw this.#invalid(name, 'has the name of another layer');
      this.#outputOf.set(name, output);
    }
    return output;
  }

  #addBody(layer: Layer, name: string, from: readonly string[]): string {
    if ('operation' in layer) return this.#addNode(name, layer.operation, from);
    const [source] = from as [string];
    if ('layers' in layer) return layer.layers.reduce((last, inner) => this.#add(inner, name, last), source);
    const ends = layer.branches.map((branch) => branch.reduce((last, inner) => this.#add(inner, name, last), source));
    return this.#addNode(name, layer.merge, ends);
  }

  #addNode(name: string, operation: Operation, inputs: readonly string[]): string {
    if (this.#shapes.has(name)) throw this.#invalid(name, 'has the name of another layer');
    const inputShapes = inputs.map((input) => this.#shapes.get(input)!);
    const { shape, geometry } = this.#describe(name, operation, inputShapes);
    const parameters = parametersOf(name, operation, inputShapes[0]!, shape);
    this.#shapes.set(name, shape);
    this.nodes.push({ name, operation, inputs, inputShapes, shape, geometry, parameters, row: this.#row });
    return name;
  }

  #describe(name: string, operation: Operation, inputShapes: readonly Shape[]) {
    const described = geometryOf(operation, inputShapes);
    if (typeof described !== 'string') return described;
    throw this.#invalid(name, `(${operation.kind}) ${described}, got ${inputShapes.map(formatShape).join(' and ')}`);
  }

  #invalid(layer: string, message: string): FaceError {
    return new FaceError('NETWORK_INVALID', `${this.#network}: layer ${layer} ${message}.`);
  }
}
