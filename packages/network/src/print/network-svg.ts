import { countGraph } from '../count.ts';
import { type Graph, inputName, layOut, type Node } from '../graph.ts';
import type { Network } from '../network.ts';
import type { Branches, Layer, OperationKind, Step } from '../operation.ts';
import { formatShape, type Shape } from '../shape.ts';
import { box, type Canvas, type Figure, fork, frame, type Place, passage, stack } from './figures.ts';
import { colours, type Point, svgDocument, svgLine, svgText, textWidth } from './svg-shapes.ts';
import { operationText, wholeText } from './table.ts';

const marginPx = 24;
const headPx = 62;
const lanePx = 12;

/** A line to a layer from one that is not right above it. */
interface Wire {
  /** Name of the node it comes from. */
  readonly from: string;
  /** Full name of the layer it goes to. */
  readonly to: string;
}

/** What drawing a layer needs to know of the whole. */
interface Plan {
  readonly graph: Graph;
  readonly nodes: ReadonlyMap<string, Node>;
  readonly wires: Wire[];
}

/**
 * Draw a network from its input down: a box an operation with its kernel, stride and output, branches side by side.
 *
 * @returns An SVG document that needs nothing but itself.
 * @throws {FaceError} `NETWORK_INVALID` when the table does not fit together.
 */
export function networkSvg(network: Network): string {
  const graph = layOut(network);
  const plan: Plan = { graph, nodes: new Map(graph.nodes.map((node) => [node.name, node])), wires: [] };
  const input = box({
    lines: [inputName, formatShape(network.input)],
    ...tints.plain,
    names: [inputName],
    isOutput: false,
  });
  const drawn = stack([{ figure: input, isFed: false }, ...partsOf(network.rows, '', inputName, plan).parts]);
  const canvas: Canvas = { frames: [], lines: [], boxes: [], places: new Map() };
  const { parameters, macs } = countGraph(graph);
  const caption = `${wholeText(parameters)} parameters, ${wholeText(macs)} multiply-adds`;
  const inner = Math.max(drawn.width, textWidth(caption, 12), textWidth(network.name, 18, { bold: true }));
  drawn.draw(canvas, [marginPx + (inner - drawn.width) / 2, headPx]);
  const lanes = drawWires(plan.wires, canvas, { right: marginPx + (inner + drawn.width) / 2 });
  const size = {
    width: 2 * marginPx + inner + lanes * lanePx,
    height: headPx + drawn.height + marginPx,
  };
  return svgDocument(
    size,
    svgText(network.name, { x: marginPx, y: 30, sizePx: 18, weight: 600, anchor: 'start' }) +
      svgText(caption, { x: marginPx, y: 48, sizePx: 12, fill: colours.faint, anchor: 'start' }) +
      canvas.frames.join('') +
      `<g fill="none" stroke="${colours.line}" stroke-width="1.4" stroke-linejoin="round">${canvas.lines.join('')}</g>` +
      canvas.boxes.join(''),
  );
}

interface Parts {
  readonly parts: readonly { readonly figure: Figure; readonly isFed: boolean }[];
  /** Node of the last layer's output. */
  readonly last: string;
}

function partsOf(layers: readonly Layer[], scope: string, before: string, plan: Plan): Parts {
  let last = before;
  const parts = layers.map((layer) => {
    const name = fullName(scope, layer);
    const isFed = connect(layer, name, last, plan);
    const figure = figureOf(layer, name, { last, isFed }, plan);
    last = outputNode(layer, name);
    return { figure, isFed };
  });
  return { parts, last };
}

/** Note the lines of a layer that says what it reads; tells whether it reads the layer above it. */
function connect(layer: Layer, name: string, above: string, { graph, nodes, wires }: Plan): boolean {
  if (!layer.from) return true;
  const first = graph.nodes.find((node) => node.name === name || node.name.startsWith(`${name}/`));
  const sources = nodes.get(name) && 'operation' in layer ? nodes.get(name)!.inputs : (first?.inputs.slice(0, 1) ?? []);
  for (const from of sources) if (from !== above) wires.push({ from, to: name });
  return sources.includes(above);
}

function figureOf(
  layer: Layer,
  name: string,
  { last, isFed }: { readonly last: string; readonly isFed: boolean },
  plan: Plan,
): Figure {
  const title = layer.name === '' ? name.slice(name.lastIndexOf('/') + 1) : layer.name;
  if ('operation' in layer) return operationBox([name], { name, title }, plan);
  if ('branches' in layer) return branchesFigure(layer, name, { last, isFed }, plan);
  const steps = layer.layers.filter((inner): inner is Step => 'operation' in inner && !inner.from);
  // a convolution with its norm and activation is one box
  if (steps.length === layer.layers.length && steps[0]?.name === '') {
    const names = steps.map((step) => fullName(name, step));
    return operationBox(names, { name, title }, plan);
  }
  if (layer.layers.length === 0) return passage;
  const [only] = layer.layers;
  if (layer.layers.length === 1 && only!.name === '') return figureOf(only!, name, { last, isFed }, plan);
  return frame({ name, title }, stack(partsOf(layer.layers, name, last, plan).parts), { isFed });
}

function branchesFigure(
  layer: Branches,
  name: string,
  { last, isFed }: { readonly last: string; readonly isFed: boolean },
  plan: Plan,
): Figure {
  const branches = layer.branches.map((branch) =>
    branch.length === 0 ? passage : stack(partsOf(branch, name, last, plan).parts),
  );
  const merge = operationBox([name], { name }, plan);
  return frame({ name, title: layer.name }, fork(branches, merge), { isFed });
}

/** Nodes that are told as one: the first, and what follows it under its name. */
function operationBox(
  names: readonly string[],
  { name, title }: { readonly name: string; readonly title?: string },
  { graph, nodes }: Plan,
): Figure {
  const [first, ...followers] = names.map((node) => nodes.get(node)!.operation);
  const shape: Shape = nodes.get(names.at(-1)!)!.shape;
  const follow = followers.map((operation) => (operation.kind === 'batchNorm' ? 'norm' : operationText(operation)));
  const does = [first!.kind === 'add' ? '+' : operationText(first!), ...follow].join(' · ');
  return box({
    lines: [...new Set([title ?? does, does]), formatShape(shape)],
    ...(tintOf[first!.kind] ?? tints.plain),
    names: [...names, name],
    isOutput: graph.outputs.some((output) => names.includes(output)),
  });
}

/** Lines at the right of all, from a layer's side down to those that read it; gives how many lanes they take. */
function drawWires(wires: readonly Wire[], { places, lines }: Canvas, { right }: { readonly right: number }): number {
  /** How far down each lane is taken. */
  const ends: number[] = [];
  for (const from of new Set(wires.map((wire) => wire.from))) {
    // a layer that passes its input on has no box
    const targets = wires.flatMap((wire) => (wire.from === from ? (places.get(wire.to) ?? []) : []));
    const source = places.get(from)!;
    const free = ends.findIndex((end) => end < source.y);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = Math.max(...targets.map(({ y, height }) => y + height));
    for (const target of targets) lines.push(wireLine(source, target, right + lanePx * (lane + 1)));
  }
  return ends.length;
}

function wireLine(source: Place, target: Place, lane: number): string {
  const from: Point = [source.x + source.width, source.y + source.height / 2];
  const to: Point = [target.x + target.width, target.y + target.height / 2];
  return svgLine([from, [lane, from[1]], [lane, to[1]], to], { arrow: true });
}

function fullName(scope: string, { name }: Pick<Layer, 'name'>): string {
  return [scope, name].filter((part) => part !== '').join('/');
}

/** The node whose output is a layer's: of a chain its last layer's. */
function outputNode(layer: Layer, name: string): string {
  if (!('layers' in layer)) return name;
  const last = layer.layers.at(-1);
  return last ? outputNode(last, fullName(name, last)) : name;
}

const tints = {
  plain: { fill: '#ffffff', stroke: '#9aa5b1' },
  weight: { fill: '#dbeafe', stroke: '#3b82c4' },
  local: { fill: '#e5dbff', stroke: '#7048c6' },
  pool: { fill: '#ffe8cc', stroke: '#d9730d' },
  norm: { fill: '#e3fafc', stroke: '#1098ad' },
  merge: { fill: '#d3f9d8', stroke: '#2b8a3e' },
} as const;

const tintOf: { readonly [Kind in OperationKind]?: (typeof tints)[keyof typeof tints] } = {
  conv: tints.weight,
  depthwiseConv: tints.weight,
  transposedConv: tints.weight,
  dense: tints.local,
  locallyConnected: tints.local,
  embeddingLookup: tints.local,
  maxPool: tints.pool,
  averagePool: tints.pool,
  lpPool: tints.pool,
  globalAveragePool: tints.pool,
  lrn: tints.norm,
  batchNorm: tints.norm,
  channelScale: tints.norm,
  l2Normalize: tints.norm,
  normalize: tints.norm,
  concat: tints.merge,
  add: tints.merge,
};
