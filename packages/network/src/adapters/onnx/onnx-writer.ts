import { FaceError } from '@kith/core';
import { attributeType, elementType, fieldHead, graphMessage, modelMessage, tensorMessage } from './onnx-schema.ts';

type Attribute = number | readonly number[] | { readonly float: number };

/** The name of a node's output, and its attributes under ONNX's names. */
interface NodeOptions {
  readonly output: string;
  readonly [attribute: string]: Attribute | string;
}

/** A node of an ONNX graph; it gives one value. */
export interface OnnxNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A constant: floats, whole numbers or, where quantised, small ones. */
export interface OnnxConstant {
  readonly data: Float32Array | Int32Array | BigInt64Array | Int8Array | Uint8Array;
  readonly dims: readonly number[];
}

/** A value that goes in or comes out, its shape without the batch. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The opset that files are written in: what ONNX Runtime has known since 2022. */
export const writtenOpset = 17;
const irVersion = 8;

/** Collects the nodes of an ONNX graph. Its input is called `input`. */
export class OnnxWriter {
  readonly nodes: OnnxNode[] = [];
  readonly constants = new Map<string, OnnxConstant>();
  readonly name: string;
  readonly input: readonly number[];
  readonly outputs: readonly OnnxValue[];

  constructor(name: string, { input, outputs }: Pick<OnnxWriter, 'input' | 'outputs'>) {
    this.name = name;
    this.input = input;
    this.outputs = outputs;
  }

  /** Add a node; gives back the name of its output. */
  node(opType: string, inputs: readonly string[], { output, ...attributes }: NodeOptions): string {
    this.nodes.push({ opType, inputs, output, attributes: attributes as Record<string, Attribute> });
    return output;
  }

  /** Add a constant; gives back its name. */
  constant(name: string, constant: OnnxConstant): string {
    this.constants.set(name, constant);
    return name;
  }

  /** Add constant floats; gives back their name. */
  floats(name: string, data: Float32Array, dims: readonly number[] = [data.length]): string {
    return this.constant(name, { data, dims });
  }

  /** Add constant whole numbers, such as a shape; gives back their name. */
  integers(name: string, values: readonly number[]): string {
    return this.constant(name, { data: BigInt64Array.from(values, BigInt), dims: [values.length] });
  }

  /** Add the indices of a gather; gives back their name. */
  indices(name: string, data: Int32Array, dims: readonly number[]): string {
    return this.constant(name, { data, dims });
  }

  /**
   * The file, put together so that each constant is copied once.
   *
   * @param watched - Values within the graph to give out besides its outputs.
   * @throws {FaceError} `MODEL_UNSUPPORTED` above 2 GiB, where ONNX ends.
   */
  finish({ watched = [] }: { readonly watched?: readonly string[] } = {}): Uint8Array {
    const structure = graphMessage
      .encode({
        name: this.name,
        node: this.nodes.map(asNode),
        input: [asValue({ name: 'input', shape: this.input })],
        output: [...this.outputs.map(asValue), ...watched.map((name) => ({ name, type: floats }))],
      })
      .finish();
    const graph = [structure, ...[...this.constants].flatMap(initializerChunks)];
    const opsetImport = [{ domain: '', version: writtenOpset }];
    const header = modelMessage.encode({ irVersion, producerName: 'kith', opsetImport }).finish();
    return joined([header, fieldHead(7, lengthOf(graph)), ...graph]);
  }
}

/** A field of a graph that holds a constant; its numbers are not copied. */
function initializerChunks([name, { data, dims }]: readonly [string, OnnxConstant]): readonly Uint8Array[] {
  const head = tensorMessage.encode({ dims, dataType: typeOf(data), name }).finish();
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const tensor = [head, fieldHead(9, raw.length), raw];
  return [fieldHead(5, lengthOf(tensor)), ...tensor];
}

function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const length = lengthOf(chunks);
  if (length >= 2 ** 31) {
    throw new FaceError('MODEL_UNSUPPORTED', `The file would have ${length} bytes, expected fewer than ${2 ** 31}.`);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function asNode({ opType, inputs, output, attributes }: OnnxNode): object {
  const attribute = Object.entries(attributes).map(([name, value]) => asAttribute(name, value));
  return { input: inputs, output: [output], name: output, opType, attribute };
}

function asAttribute(name: string, value: Attribute): object {
  if (typeof value === 'number') return { name, i: value, type: attributeType.int };
  if ('float' in value) return { name, f: value.float, type: attributeType.float };
  return { name, ints: value, type: attributeType.ints };
}

function typeOf(data: OnnxConstant['data']): number {
  if (data instanceof Float32Array) return elementType.float32;
  if (data instanceof Int32Array) return elementType.int32;
  if (data instanceof Int8Array) return elementType.int8;
  return data instanceof Uint8Array ? elementType.uint8 : elementType.int64;
}

/** The type of floats whose shape the runtime is left to find out. */
const floats = { tensorType: { elemType: elementType.float32 } };

function asValue({ name, shape }: OnnxValue): object {
  const dim = [{ dimParam: 'batch' }, ...shape.map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { ...floats.tensorType, shape: { dim } } } };
}
