import { FaceError } from '@kith/core';
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import type { Batch, RunOptions, Session } from '../../runtime.ts';
import { elementsOf, formatShape, type Shape } from '../../shape.ts';
import { assertBatch, assertWanted } from './batch-checks.ts';
import { messageOf } from './failure.ts';
import { type Ort, unshared } from './ort.ts';

interface OpenOptions {
  readonly ort: Ort;
  /** Shape of one input, needed where the file leaves it open. */
  readonly input: Shape | undefined;
  readonly released: () => void;
}

/** A model that ONNX Runtime has loaded. */
export class OrtSession implements Session {
  readonly input: Shape;
  outputs: Session['outputs'] = [];
  private readonly native: InferenceSession;
  private readonly ort: Ort;
  private readonly takesBytes: boolean;
  private readonly released: () => void;
  private disposed = false;

  private constructor(native: InferenceSession, { ort, input, released }: OpenOptions) {
    this.native = native;
    this.ort = ort;
    this.released = released;
    const { type, shape } = soleInput(native);
    this.takesBytes = type === 'uint8';
    this.input = settle(shape.slice(1), input);
  }

  /**
   * Look at what a model takes and gives; where the file leaves an output's size open, a run tells it.
   *
   * @throws {FaceError} `MODEL_UNSUPPORTED` for a model that takes anything but one tensor of pixels.
   */
  static async open(native: InferenceSession, options: OpenOptions): Promise<OrtSession> {
    try {
      const session = new OrtSession(native, options);
      session.outputs = await session.outputShapes();
      return session;
    } catch (error) {
      await native.release();
      throw error;
    }
  }

  async run({ count, data }: Batch, { signal }: RunOptions = {}): Promise<readonly Float32Array[]> {
    assertWanted(signal);
    assertBatch({ count, data }, this.input);
    const answer = await this.runNative(count, data);
    assertWanted(signal);
    return answer.map((tensor, i) => this.outputOf(tensor, i, count));
  }

  async dispose(): Promise<void> {
    if (this.disposed) return;
    this.disposed = true;
    this.released();
    await this.native.release();
  }

  private async runNative(count: number, data: Batch['data']): Promise<readonly Tensor[]> {
    if (this.disposed) throw new FaceError('USAGE', 'The session was disposed of, expected one in use.');
    const { inputNames, outputNames } = this.native;
    const feeds = { [inputNames[0]!]: this.tensor(data, [count, ...this.input]) };
    try {
      const answer = await this.native.run(feeds);
      return outputNames.map((name) => answer[name] as Tensor);
    } catch (error) {
      throw new FaceError('RUNTIME_FAILED', `The network could not be run: ${messageOf(error)}.`, { cause: error });
    }
  }

  private tensor(data: Batch['data'], dims: readonly number[]): Tensor {
    if (this.takesBytes) {
      if (data instanceof Uint8Array) return new this.ort.Tensor('uint8', unshared(data), dims);
      throw new FaceError('USAGE', 'The model takes bytes, 0–255, got 32-bit floats.');
    }
    return new this.ort.Tensor('float32', data instanceof Uint8Array ? new Float32Array(data) : unshared(data), dims);
  }

  private outputOf({ data }: Tensor, i: number, count: number): Float32Array {
    const { name, shape } = this.outputs[i]!;
    if (!(data instanceof Float32Array) || data.length !== count * elementsOf(shape)) {
      const expected = `${count} times ${formatShape(shape)} 32-bit floats`;
      throw new FaceError('RUNTIME_FAILED', `${name} holds ${data.length} values, expected ${expected}.`);
    }
    return data;
  }

  private async outputShapes(): Promise<Session['outputs']> {
    const declared = this.native.outputMetadata.map((value) => (value.isTensor ? value.shape.slice(1) : []));
    const open = declared.some((shape) => shape.length === 0 || !shape.every(isSize));
    const pixels = elementsOf(this.input);
    const trial = open
      ? await this.runNative(1, this.takesBytes ? new Uint8Array(pixels) : new Float32Array(pixels))
      : [];
    return this.native.outputNames.map((name, i) => ({
      name,
      shape: trial[i]?.dims.slice(1) ?? declared[i]!.filter(isSize),
    }));
  }
}

function soleInput({ inputMetadata }: InferenceSession): { type: string; shape: readonly (number | string)[] } {
  const [input, ...others] = inputMetadata;
  if (input?.isTensor && others.length === 0 && (input.type === 'float32' || input.type === 'uint8')) return input;
  const got = inputMetadata.map((value) => `${value.name} (${value.isTensor ? value.type : 'no tensor'})`).join(', ');
  throw new FaceError('MODEL_UNSUPPORTED', `The model takes ${got}, expected one tensor of float32 or uint8.`);
}

/** Of one input: 1 GiB of floats, which no picture that a network looks at has. */
const mostNumbers = 2 ** 28;

/** The file's shape with its open sizes filled in. */
function settle(declared: readonly (number | string)[], given: Shape | undefined): Shape {
  const shape = (given ?? declared) as readonly (number | string)[];
  const fits = shape.length === declared.length && declared.every((size, i) => !isSize(size) || size === shape[i]);
  if (fits && isShape(shape)) {
    if (elementsOf(shape) <= mostNumbers) return shape;
    throw new FaceError(
      'MODEL_UNSUPPORTED',
      `The model takes ${formatShape(shape)}, expected at most ${mostNumbers} numbers an input.`,
    );
  }
  const got = given ? formatShape(given) : 'none';
  throw new FaceError(
    'USAGE',
    `The model takes [${declared.join(', ')}], expected an input shape of that kind, got ${got}.`,
  );
}

function isShape(shape: readonly (number | string)[]): shape is Shape {
  return (shape.length === 1 || shape.length === 3) && shape.every(isSize);
}

function isSize(size: number | string): size is number {
  return typeof size === 'number' && size > 0;
}
