import { type Graph, layOut, type Node } from './graph.ts';
import type { Network } from './network.ts';
import type { Layer, Operation, OperationKind } from './operation.ts';

/** A layer with a kernel, and the norms that go into it, in order. */
export interface Fold {
  readonly anchor: Node;
  readonly norms: readonly Node[];
}

/** Which norms go where, and the table without them. */
export interface FoldPlan {
  readonly network: Network;
  readonly folds: readonly Fold[];
}

/** Kinds of operations that a fold takes away. */
export type FoldedKind = 'batchNorm' | 'channelScale' | 'scale';

/** Norms: what has weights that a kernel can take in. */
export const norms: readonly FoldedKind[] = ['batchNorm', 'channelScale'];

/**
 * Say which norms of a table, or other layers of the given kinds, can be folded, and write the table without them.
 *
 * @throws {FaceError} `NETWORK_INVALID` when the table does not fit together.
 */
export function planFolds(network: Network, kinds: readonly FoldedKind[] = norms): FoldPlan {
  const names = new LayerNames(network);
  const folds = findFolds(layOut(network), { names, kinds });
  const anchorOf = new Map(folds.flatMap(({ anchor, norms }) => norms.map(({ name }) => [name, anchor.name] as const)));
  return { network: withoutNorms(network, { anchorOf, names }), folds };
}

interface Search {
  readonly names: LayerNames;
  readonly kinds: readonly OperationKind[];
}

function findFolds(graph: Graph, { names, kinds }: Search): readonly Fold[] {
  const readers = new Map<string, number>();
  for (const name of [...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs]) {
    readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  const folds = new Map<string, { readonly anchor: Node; readonly norms: Node[] }>();
  for (const node of graph.nodes) {
    const [input] = node.inputs as [string];
    if (hasKernel(node.operation)) folds.set(node.name, { anchor: node, norms: [] });
    if (!kinds.includes(node.operation.kind) || readers.get(input) !== 1) continue;
    const fold = folds.get(input);
    if (!fold || !names.canLose(node.name, fold)) continue;
    fold.norms.push(node);
    folds.set(node.name, fold);
  }
  return [...new Set(folds.values())].filter(({ norms }) => norms.length > 0);
}

type WithKernel = Extract<Operation, { bias: boolean }>;

function hasKernel(operation: Operation): operation is Exclude<WithKernel, { kind: 'lrn' }> {
  return 'bias' in operation && operation.kind !== 'lrn';
}

/** A layer's name in full. */
function within(scope: string, name: string): string {
  return [scope, name].filter((part) => part !== '').join('/');
}

/** Who calls whom by name in a table: what stands in the way when a layer goes. */
class LayerNames {
  /** The node behind each layer that has a name of its own. */
  readonly #ends = new Map<string, string>();
  /** Layers of one operation that have a name of their own. */
  readonly #steps = new Set<string>();
  /** Layers that are read, or wanted, by name. */
  readonly #called = new Set<string>();
  /** Norms that a chain or a list cannot do without. */
  readonly #needed = new Set<string>();
  /** Norms that say what they read. */
  readonly #readByName = new Set<string>();

  constructor({ rows, outputs = [] }: Network) {
    this.#learnList(rows, '');
    this.#learnCalls(rows, '');
    for (const name of outputs) this.#called.add(this.resolve(name, ''));
  }

  /** The full name of the layer that a name means, looked for in the innermost block first. */
  resolve(name: string, scope: string): string {
    for (let prefix = scope; prefix !== ''; prefix = prefix.slice(0, Math.max(prefix.lastIndexOf('/'), 0))) {
      if (this.#ends.has(`${prefix}/${name}`)) return `${prefix}/${name}`;
    }
    return name;
  }

  /** Whether a name means one operation, not a chain that happens to begin with it. */
  isStep(name: string): boolean {
    return this.#steps.has(name);
  }

  /** Whether all that a norm is for in its table, the layer that it goes into can be. */
  canLose(norm: string, { anchor, norms }: Fold): boolean {
    if (this.#needed.has(norm)) return false;
    if (!this.#called.has(norm) && !this.#readByName.has(norm)) return true;
    const end = this.#ends.get(anchor.name);
    return end === anchor.name || end === norm || norms.some(({ name }) => name === end);
  }

  /** @returns The node of the list's output, as far as it has a layer. */
  #learnList(layers: readonly Layer[], scope: string): string | undefined {
    let end: string | undefined;
    layers.forEach((layer, i) => {
      const name = within(scope, layer.name);
      if ('layers' in layer) {
        end = this.#learnList(layer.layers, name);
        const [sole, ...others] = layer.layers;
        if (sole && others.length === 0 && 'operation' in sole) this.#needed.add(within(name, sole.name));
      } else {
        if ('branches' in layer) for (const branch of layer.branches) this.#learnList(branch, name);
        end = name;
      }
      if (layer.from && i === layers.length - 1) this.#needed.add(name);
      if (layer.from) this.#readByName.add(name);
      if (layer.name === '') return;
      if ('operation' in layer) this.#steps.add(name);
      this.#ends.set(name, end ?? name);
    });
    return end;
  }

  #learnCalls(layers: readonly Layer[], scope: string): void {
    for (const layer of layers) {
      const name = within(scope, layer.name);
      for (const source of layer.from ?? []) {
        const called = this.resolve(source, scope);
        if (this.#steps.has(called)) this.#called.add(called);
      }
      if ('layers' in layer) this.#learnCalls(layer.layers, name);
      if ('branches' in layer) for (const branch of layer.branches) this.#learnCalls(branch, name);
    }
  }
}

interface Going {
  /** Of each norm that goes, the layer that it goes into. */
  readonly anchorOf: ReadonlyMap<string, string>;
  readonly names: LayerNames;
}

function withoutNorms(network: Network, going: Going): Network {
  const outputs = network.outputs?.map((name) => renamed(name, '', going));
  return { ...network, rows: rewritten(network.rows, '', going), ...(outputs ? { outputs } : {}) };
}

function renamed(name: string, scope: string, { anchorOf, names }: Going): string {
  const called = names.resolve(name, scope);
  return (names.isStep(called) ? anchorOf.get(called) : undefined) ?? name;
}

/** Layers without the norms that go; what reads a norm by its place alone goes on reading the same. */
function rewritten(layers: readonly Layer[], scope: string, going: Going): readonly Layer[] {
  const anchors = new Set(going.anchorOf.values());
  const kept: Layer[] = [];
  let handedOn: readonly string[] | undefined;
  for (const layer of layers) {
    const name = within(scope, layer.name);
    if ('operation' in layer && going.anchorOf.has(name)) {
      if (layer.from) handedOn = [going.anchorOf.get(name)!];
      continue;
    }
    const from = layer.from?.map((source) => renamed(source, scope, going)) ?? handedOn;
    handedOn = undefined;
    kept.push({ ...body(layer, { name, anchors, going }), ...(from ? { from } : {}) });
  }
  return kept;
}

interface Rewriting {
  readonly name: string;
  readonly anchors: ReadonlySet<string>;
  readonly going: Going;
}

function body(layer: Layer, { name, anchors, going }: Rewriting): Layer {
  if ('layers' in layer) return { ...layer, layers: rewritten(layer.layers, name, going) };
  if ('branches' in layer) {
    return { ...layer, branches: layer.branches.map((branch) => rewritten(branch, name, going)) };
  }
  const { operation } = layer;
  return anchors.has(name) && hasKernel(operation) ? { ...layer, operation: { ...operation, bias: true } } : layer;
}
