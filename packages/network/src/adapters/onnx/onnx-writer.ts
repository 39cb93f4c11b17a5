import { attributeType, elementType, modelMessage } from './onnx-schema.ts';

type Attribute = number | readonly number[] | { readonly float: number };

/** The name of a node's output, and its attributes under ONNX's names. */
interface NodeOptions {
  readonly output: string;
  readonly [attribute: string]: Attribute | string;
}

/** Collects the nodes of an ONNX graph. */
export class OnnxWriter {
  readonly #nodes: object[] = [];
  readonly #initializers: object[] = [];

  /** Add a node; gives back the name of its output. */
  node(opType: string, inputs: readonly string[], { output, ...attributes }: NodeOptions): string {
    const attribute = Object.entries(attributes).map(([name, value]) => attributeOf(name, value as Attribute));
    this.#nodes.push({ input: inputs, output: [output], name: output, opType, attribute });
    return output;
  }

  /** Add constant floats; gives back their name. */
  floats(name: string, data: Float32Array, dims: readonly number[] = [data.length]): string {
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#initializers.push({ name, dims, dataType: elementType.float32, rawData });
    return name;
  }

  /** Add constant whole numbers, such as a shape; gives back their name. */
  integers(name: string, values: readonly number[]): string {
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#initializers.push({ name, dims: [values.length], dataType: elementType.int64, rawData });
    return name;
  }

  /** The file. */
  finish(
    name: string,
    {
      input,
      outputs,
    }: {
      readonly input: readonly number[];
      readonly outputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
    },
  ): Uint8Array {
    return modelMessage
      .encode({
        irVersion: 8,
        producerName: 'kith',
        opsetImport: [{ domain: '', version: 17 }],
        graph: {
          name,
          node: this.#nodes,
          initializer: this.#initializers,
          input: [valueInfo('input', input)],
          output: outputs.map((output) => valueInfo(output.name, output.shape)),
        },
      })
      .finish();
  }
}

function attributeOf(name: string, value: Attribute): object {
  if (typeof value === 'number') return { name, i: value, type: attributeType.int };
  if ('float' in value) return { name, f: value.float, type: attributeType.float };
  return { name, ints: value, type: attributeType.ints };
}

function valueInfo(name: string, shape: readonly number[]): object {
  const dim = [{ dimParam: 'batch' }, ...shape.map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { elemType: elementType.float32, shape: { dim } } } };
}
