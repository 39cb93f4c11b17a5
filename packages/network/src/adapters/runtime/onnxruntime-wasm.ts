import { FaceError } from '@kith/core';
import type { Runtime } from '../../runtime.ts';
import { messageOf } from './failure.ts';
import type { AdapterOptions } from './onnxruntime-node.ts';
import type { Ort } from './ort.ts';
import { OrtRuntime } from './ort-runtime.ts';

/**
 * Run networks with ONNX Runtime as WebAssembly, which needs no native library. Its files are those of the installed package.
 *
 * @param options - The number of threads is the process's: the first call settles it.
 * @throws {FaceError} `RUNTIME_UNAVAILABLE` where the package is missing.
 */
export async function onnxRuntimeWasm({ threads = 1 }: AdapterOptions = {}): Promise<Runtime> {
  try {
    const ort = await import('onnxruntime-web');
    ort.env.wasm.numThreads = threads;
    ort.env.logLevel = 'error';
    return new OrtRuntime({ name: 'onnxruntime-wasm', ort: ort as unknown as Ort, threads });
  } catch (error) {
    throw new FaceError(
      'RUNTIME_UNAVAILABLE',
      `onnxruntime-web cannot be loaded: ${messageOf(error)}. Install the packages anew.`,
      { cause: error },
    );
  }
}
