import { FaceError } from '@kith/core';
import type { Runtime } from '../../runtime.ts';
import { messageOf } from './failure.ts';
import type { Ort } from './ort.ts';
import { OrtRuntime } from './ort-runtime.ts';

export interface AdapterOptions {
  /** Threads that share one run; 1 by default. */
  readonly threads?: number;
}

/**
 * Run networks with ONNX Runtime's native library.
 *
 * @throws {FaceError} `RUNTIME_UNAVAILABLE` where the library cannot be loaded.
 */
export async function onnxRuntimeNode({ threads = 1 }: AdapterOptions = {}): Promise<Runtime> {
  try {
    // loaders of CommonJS do not agree on where its exports are
    const loaded = await import('onnxruntime-node');
    const ort = 'InferenceSession' in loaded ? loaded : (loaded as { readonly default: unknown }).default;
    return new OrtRuntime({ name: 'onnxruntime', ort: ort as unknown as Ort, threads });
  } catch (error) {
    throw new FaceError(
      'RUNTIME_UNAVAILABLE',
      `onnxruntime-node cannot be loaded: ${messageOf(error)}. Install it anew on this machine, or use onnxruntime-wasm.`,
      { cause: error },
    );
  }
}
