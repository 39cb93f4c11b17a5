import type { Shape } from './shape.ts';
import type { NetworkModel } from './weights.ts';

/** Several inputs, one after the other: `[count, height, width, channels]`, row-major. Pixels may come as bytes, 0–255. */
export interface Batch {
  readonly count: number;
  readonly data: Float32Array | Uint8Array;
}

/** A model file in ONNX: what an exporter wrote, or another's. */
export interface OnnxModel {
  readonly onnx: Uint8Array;
  /** Shape of one input in the file's own order, needed where the file leaves it open. */
  readonly input?: Shape | undefined;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
}

/** A loaded network. */
export interface Session {
  readonly input: Shape;
  /** Names of the outputs, in the order of `run`'s answer, and their shapes without the batch; maps are `[height, width, channels]`. */
  readonly outputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /**
   * Run a batch.
   *
   * @returns One array an output, `[count, ...shape]`, row-major.
   * @throws {FaceError} `USAGE` for a batch of another size, `CANCELLED`, or `RUNTIME_FAILED`.
   */
  run(batch: Batch, options?: RunOptions): Promise<readonly Float32Array[]>;
  dispose(): Promise<void>;
}

export type RuntimeName = 'onnxruntime' | 'onnxruntime-wasm' | 'tfjs';

/** Port: runs networks. */
export interface Runtime {
  readonly name: RuntimeName;
  /**
   * Load a table with its weights, or a model file.
   *
   * @throws {FaceError} `WEIGHTS_MISMATCH`, `WEIGHTS_NOT_FINITE`, `MODEL_UNSUPPORTED`.
   */
  load(model: NetworkModel | OnnxModel): Promise<Session>;
  dispose(): Promise<void>;
}
