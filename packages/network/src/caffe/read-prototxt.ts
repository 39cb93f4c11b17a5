import { geometryOf } from '../geometry.ts';
import { inputName, layOut } from '../graph.ts';
import type { Network } from '../network.ts';
import type { Layer, Operation, Step } from '../operation.ts';
import { formatShape, isMaps, type Shape } from '../shape.ts';
import { textOf } from './fields.ts';
import { declaredInputs, isInputLayer, layerInputs } from './inputs.ts';
import { type CaffeLayer, layersOf } from './layer-block.ts';
import { elementwiseTypes, operationOf } from './operations.ts';
import { invalidAt, parseTextFormat } from './text-format.ts';

export interface PrototxtOptions {
  /** Name of the network where the file has none. */
  readonly name?: string;
}

/**
 * Read a Caffe `deploy.prototxt` or `train_val.prototxt` as a table: the network that is tested, without its losses.
 *
 * Layers that change their input in place belong to the row of the layer before. Caffe flattens maps channel by channel, our dense
 * layers place by place: that is for whoever brings weights to see to.
 *
 * @throws {FaceError} `NETWORK_INVALID` with the line, what was expected and what was got.
 * @see Jia et al., Caffe: Convolutional Architecture for Fast Feature Embedding, 2014, §3.
 */
export function readPrototxt(text: string, { name = 'caffe' }: PrototxtOptions = {}): Network {
  const file = parseTextFormat(text);
  const layers = layersOf(file);
  const builder = new TableBuilder();
  for (const input of declaredInputs(file)) builder.addInput(input.blob, input.shape);
  for (const layer of layers) builder.add(layer);
  return checked(builder.table(textOf(file, 'name') ?? name, file.line));
}

/** Sizes were checked layer by layer; what is left are names. */
function checked(table: Network): Network {
  layOut(table);
  return table;
}

/** What a blob holds at some point of the file. */
interface Blob {
  /** Name of the row that gives it. */
  readonly row: string;
  readonly shape: Shape;
  /** Maps that count as a vector, in an order that is not Caffe's. */
  readonly isFlat: boolean;
  /** The input that it is, where it is one. */
  readonly input?: string;
}

interface Row {
  readonly name: string;
  readonly from: readonly string[];
  readonly steps: Step[];
  readonly line: number;
  /** Whether another row reads it. */
  isRead: boolean;
  /** Whether it has several readers to come, so that none may change it in place. */
  isShared: boolean;
}

class TableBuilder {
  readonly #rows = new Map<string, Row>();
  readonly #blobs = new Map<string, Blob>();
  readonly #inputs: { readonly blob: string; readonly shape: Shape }[] = [];
  readonly #readInputs = new Set<string>();

  addInput(blob: string, shape: Shape): void {
    this.#inputs.push({ blob, shape });
    this.#blobs.set(blob, { row: inputName, shape, isFlat: false, input: blob });
  }

  add(layer: CaffeLayer): void {
    if (isInputLayer(layer)) {
      for (const { blob, shape } of layerInputs(layer)) this.addInput(blob, shape);
      return;
    }
    if (isDropped(layer)) return;
    const [top] = layer.tops;
    if (top === undefined) throw invalidAt(layer.line, `layer ${layer.name} has no top`);
    const sources = layer.bottoms.map((bottom) => this.#read(bottom, layer));
    const [source] = sources;
    if (!source) throw invalidAt(layer.line, `layer ${layer.name} has no bottom`);
    if (layer.type === 'Split') this.#split(layer.tops, source);
    else if (layer.type === 'Flatten' && !isOnePlace(source.shape)) this.#blobs.set(top, flat(source));
    else if (layer.tops.length > 1)
      throw invalidAt(layer.line, `layer ${layer.name} has ${layer.tops.length} tops, expected one`);
    else this.#blobs.set(top, this.#addOperation(layer, sources));
  }

  #split(tops: readonly string[], source: Blob): void {
    const row = this.#rows.get(source.row);
    if (row) row.isShared = true;
    for (const top of tops) this.#blobs.set(top, source);
  }

  /** The whole table. */
  table(name: string, line: number): Network {
    const input = this.#input(line);
    const rows = [...this.#rows.values()];
    if (rows.length === 0) throw invalidAt(line, 'expected layers to compute, got none');
    const open = rows.filter(({ isRead }) => !isRead);
    for (const { row, isFlat } of this.#blobs.values()) {
      const end = isFlat ? this.#rows.get(row) : undefined;
      if (end && !end.isRead)
        throw invalidAt(end.line, `what follows layer ${row} flattens maps, expected an InnerProduct to read them`);
    }
    const outputs = open.map((row) => row.name);
    const isPlain = outputs.length === 1 && outputs[0] === rows.at(-1)!.name;
    const note = 'read from a Caffe file; the total counts all that is learnt but the statistics of batch norms';
    return { name, input, rows: rows.map(layerOfRow), ...(isPlain ? {} : { outputs }), note };
  }

  #input(line: number): Shape {
    const used = this.#inputs.filter(({ blob }) => this.#readInputs.has(blob));
    const [first, second] = used;
    if (!first) throw invalidAt(line, 'expected an input that layers read, got none');
    if (second) throw invalidAt(line, `expected one input, got ${used.map(({ blob }) => blob).join(' and ')}`);
    return first.shape;
  }

  #read(bottom: string, { name, line }: CaffeLayer): Blob {
    const blob = this.#blobs.get(bottom);
    if (!blob) throw invalidAt(line, `layer ${name} reads ${JSON.stringify(bottom)}, which no layer before it gives`);
    return blob;
  }

  #addOperation(layer: CaffeLayer, sources: readonly Blob[]): Blob {
    const { name, type, line } = layer;
    const [source] = sources as [Blob, ...Blob[]];
    const isFlat = sources.some((blob) => blob.isFlat);
    for (const { input } of sources) if (input !== undefined) this.#readInputs.add(input);
    if (isFlat && type !== 'InnerProduct' && !elementwiseTypes.has(type)) {
      throw invalidAt(line, `layer ${name} (${type}) reads flattened maps, expected an InnerProduct to read them`);
    }
    const operation: Operation = type === 'Flatten' ? { kind: 'globalAveragePool' } : operationOf(layer, source.shape);
    const described = geometryOf(
      operation,
      sources.map(({ shape }) => shape),
    );
    if (typeof described === 'string') {
      const got = sources.map(({ shape }) => formatShape(shape)).join(' and ');
      throw invalidAt(line, `layer ${name} (${type}) ${described}, got ${got}`);
    }
    const row = this.#addStep(layer, operation, sources);
    return { row, shape: described.shape, isFlat: isFlat && type !== 'InnerProduct' };
  }

  /** Gives the row that the step went to: a new one, or that of what it changes in place. */
  #addStep({ name, bottoms, tops, line }: CaffeLayer, operation: Operation, sources: readonly Blob[]): string {
    const [source] = sources as [Blob, ...Blob[]];
    const host = this.#rows.get(source.row);
    // a merge stays a row of its own: what a chain reads is one layer
    const isOpen = host && !host.isRead && !host.isShared && host.from.length === 1;
    if (isOpen && sources.length === 1 && bottoms[0] === tops[0]) {
      const short = name.slice(name.lastIndexOf('/') + 1);
      const isTaken = short === '' || host.steps.some((step) => step.name === short);
      host.steps.push({ name: isTaken ? name : short, operation });
      return host.name;
    }
    if (this.#rows.has(name) || name === inputName)
      throw invalidAt(line, `${JSON.stringify(name)} is the name of two layers`);
    for (const { row } of sources) {
      const read = this.#rows.get(row);
      if (read) read.isRead = true;
    }
    const from = sources.map(({ row }) => row);
    this.#rows.set(name, { name, from, steps: [{ name: '', operation }], line, isRead: false, isShared: false });
    return name;
  }
}

function layerOfRow({ name, from, steps }: Row, i: number, rows: readonly Row[]): Layer {
  const above = rows[i - 1]?.name ?? inputName;
  const source = from.length === 1 && from[0] === above ? {} : { from };
  const [only] = steps as [Step, ...Step[]];
  return steps.length === 1 ? { name, operation: only.operation, ...source } : { name, layers: steps, ...source };
}

/** Losses and what only tells how training goes. */
function isDropped({ type }: CaffeLayer): boolean {
  return /Loss$|^(Accuracy|Silence)$/.test(type);
}

function isOnePlace(shape: Shape): boolean {
  return isMaps(shape) && shape[0] * shape[1] === 1;
}

function flat(blob: Blob): Blob {
  return { ...blob, isFlat: isMaps(blob.shape) };
}
