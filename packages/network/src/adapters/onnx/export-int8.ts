import { FaceError } from '@kith/core';
import type { Batch } from '../../runtime.ts';
import type { NetworkModel } from '../../weights.ts';
import { calibrate } from './calibrate.ts';
import type { Quantization } from './clip-range.ts';
import { writeFolded } from './export-onnx.ts';
import { type IntegerGraph, integerGraph } from './integer-graph.ts';
import { type OnnxNode, OnnxWriter } from './onnx-writer.ts';
import { quantizedKernel } from './quantized-kernel.ts';

export interface Int8Options {
  /** What the largest weight of an output channel becomes. */
  readonly largestWeight?: number;
}

/**
 * Write a table and its weights down as an ONNX file that computes with 8-bit integers: kernels a channel, activations a tensor, scales
 * found by running the network on inputs like those to come. Its input and outputs stay as `exportOnnx` writes them.
 *
 * Convolutions and dense layers are integers, but the first, of colours, and the last stay 32-bit floats, as do locally connected and
 * transposed ones and all that has no integer form.
 * x64 CPUs without dot products of bytes (VNNI) add two products in 16 bits, which may saturate unless weights stay within 64. ONNX
 * Runtime's own remedy, `session.x64quantprecision`, takes twice the time, even where there is VNNI.
 *
 * @param batches - A few dozen inputs, as the network takes them.
 * @param options - `largestWeight`, from 1 to 127, is what the largest weight of a channel becomes: 64 for the same sums on every CPU.
 * @throws {FaceError} `USAGE` without inputs or for a number out of range, `WEIGHTS_MISMATCH` or `WEIGHTS_NOT_FINITE`,
 *   `RUNTIME_UNAVAILABLE` where onnxruntime-node cannot be loaded.
 * @see Jacob et al., Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, CVPR 2018, §2.
 */
export async function exportInt8(
  model: NetworkModel,
  batches: readonly Batch[],
  { largestWeight = 127 }: Int8Options = {},
): Promise<Uint8Array> {
  if (!Number.isInteger(largestWeight) || largestWeight < 1 || largestWeight > 127) {
    throw new FaceError('USAGE', `largestWeight is ${largestWeight}, expected a whole number from 1 to 127.`);
  }
  const floats = writeFolded(model);
  const graph = integerGraph(floats);
  const measured = graph.values.filter((value) => !graph.alike.has(value));
  const quantizations = await calibrate(floats, measured, { batches, input: model.network.input });
  return new QuantizedWriter(floats, { graph, quantizations, largestWeight }).write().finish();
}

const largestFloat = 3.4e38;

/** What a bias may become, which leaves as much of 32 bits for the products that it is added to. */
const largestSum = 2 ** 30;

interface Plan {
  readonly graph: IntegerGraph;
  readonly quantizations: ReadonlyMap<string, Quantization>;
  readonly largestWeight: number;
}

/** Writes a graph anew with a change to bytes and back around each value that becomes bytes, which the runtime then computes with. */
class QuantizedWriter {
  readonly #floats: OnnxWriter;
  readonly #plan: Plan;
  readonly #writer: OnnxWriter;
  /** Values that have come to be bytes, and what to read them by. */
  readonly #bytes = new Map<string, string>();
  /** Values that an integer node gave: whoever reads them reads the bytes. */
  readonly #onlyBytes = new Set<string>();

  constructor(floats: OnnxWriter, plan: Plan) {
    this.#floats = floats;
    this.#plan = plan;
    this.#writer = new OnnxWriter(floats.name, floats);
  }

  write(): OnnxWriter {
    const { nodes, integer } = this.#plan.graph;
    const wanted = new Set(this.#plan.graph.values);
    if (wanted.has('input')) this.#change('input');
    for (const node of nodes) {
      if (integer.has(node)) this.#writeInteger(node);
      else this.#writeFloat(node);
      if (wanted.has(node.output)) this.#change(node.output);
      if (integer.has(node)) this.#onlyBytes.add(node.output);
    }
    for (const name of new Set(this.#writer.nodes.flatMap(({ inputs }) => inputs))) {
      const constant = this.#floats.constants.get(name);
      if (constant) this.#writer.constant(name, constant);
    }
    return this.#writer;
  }

  #copy(node: OnnxNode, inputs: readonly string[]): void {
    this.#writer.nodes.push({ ...node, inputs });
  }

  /** ONNX Runtime moves changes to bytes across a pool of floats, which then takes ten times as long: a step on each side stops it. */
  #writeFloat(node: OnnxNode): void {
    const inputs = node.inputs.map((value) => (this.#onlyBytes.has(value) ? this.#bytes.get(value)! : value));
    if (node.opType !== 'MaxPool') {
      this.#copy(node, inputs);
      return;
    }
    const { output } = node;
    const least = this.#writer.floats(`${output}:least`, Float32Array.of(-largestFloat), []);
    const [value] = inputs as [string];
    const held = this.#onlyBytes.has(node.inputs[0]!)
      ? this.#writer.node('Max', [value, least], { output: `${output}:held` })
      : value;
    this.#copy({ ...node, output: `${output}:pooled` }, [held]);
    this.#writer.node('Max', [`${output}:pooled`, least], { output });
  }

  #writeInteger(node: OnnxNode): void {
    const [x, kernel, bias] = node.inputs as [string, string, string?];
    const read = (value: string) => this.#bytes.get(value)!;
    if (node.opType !== 'Conv' && node.opType !== 'Gemm') {
      this.#copy(node, node.inputs.map(read));
      return;
    }
    const axis = node.opType === 'Conv' ? 0 : 1;
    const { data, dims, scales } = quantizedKernel(this.#floats.constants.get(kernel)!, axis, {
      largest: this.#plan.largestWeight,
      least: bias === undefined ? undefined : this.#leastScales(bias, x),
    });
    const scale = this.#writer.floats(`${kernel}:scale`, scales);
    const integers = this.#writer.constant(`${kernel}:int8`, { data, dims });
    const zeros = this.#writer.constant(`${kernel}:zero`, {
      data: new Int8Array(scales.length),
      dims: [scales.length],
    });
    const inputs = [read(x), this.#back([integers, scale, zeros], `${kernel}:float`, { axis })];
    if (bias !== undefined)
      inputs.push(
        this.#bias(
          bias,
          scales.map((value) => value * this.#quantizationOf(x).scale),
        ),
      );
    this.#copy(node, inputs);
  }

  /** The kernel's scales from which on a bias fits in 32 bits: one far beyond its channel's weights would not. */
  #leastScales(bias: string, x: string): Float64Array {
    const { scale } = this.#quantizationOf(x);
    const { data } = this.#floats.constants.get(bias)!;
    return Float64Array.from({ length: data.length }, (_, i) => Math.abs(Number(data[i])) / scale / largestSum);
  }

  /** A bias in the unit of the sums that it is added to. */
  #bias(name: string, scales: Float32Array): string {
    const { data } = this.#floats.constants.get(name)!;
    const integers = Int32Array.from(scales, (scale, i) => Math.round(Number(data[i]) / scale));
    const constant = this.#writer.constant(`${name}:int32`, { data: integers, dims: [integers.length] });
    return this.#back([constant, this.#writer.floats(`${name}:scale`, scales)], `${name}:float`, { axis: 0 });
  }

  /** Make bytes of a value, and floats of them again. */
  #change(value: string): void {
    const { scale, zeroPoint } = this.#quantizationOf(value);
    const by = [
      this.#writer.floats(`${value}:scale`, Float32Array.of(scale), []),
      this.#writer.constant(`${value}:zero`, { data: Uint8Array.of(zeroPoint), dims: [] }),
    ];
    const bytes = this.#writer.node('QuantizeLinear', [value, ...by], { output: `${value}:uint8` });
    this.#bytes.set(value, this.#back([bytes, ...by], `${value}:float`));
  }

  #back(inputs: readonly string[], output: string, attributes: { readonly axis?: number } = {}): string {
    return this.#writer.node('DequantizeLinear', inputs, { output, ...attributes });
  }

  #quantizationOf(value: string): Quantization {
    const source = this.#plan.graph.alike.get(value);
    return source === undefined ? this.#plan.quantizations.get(value)! : this.#quantizationOf(source);
  }
}
