import { FaceError } from '@kith/core';
import type { Runtime, RuntimeName } from '../../runtime.ts';
import { type AdapterOptions, onnxRuntimeNode } from './onnxruntime-node.ts';
import { onnxRuntimeWasm } from './onnxruntime-wasm.ts';
import { tensorFlowRuntime } from './tensorflow.ts';

const runtimes: Readonly<Record<RuntimeName, (options: AdapterOptions) => Promise<Runtime>>> = {
  onnxruntime: onnxRuntimeNode,
  'onnxruntime-wasm': onnxRuntimeWasm,
  tfjs: tensorFlowRuntime,
};

export const runtimeNames = Object.keys(runtimes) as readonly RuntimeName[];

/**
 * Open a runtime in the thread that asks.
 *
 * @throws {FaceError} `RUNTIME_UNAVAILABLE` where it cannot be loaded, `USAGE` for a name that is none.
 */
export async function localRuntime(name: RuntimeName, options: AdapterOptions = {}): Promise<Runtime> {
  if (Object.hasOwn(runtimes, name)) return runtimes[name](options);
  throw new FaceError('USAGE', `There is no runtime ${name}, expected ${runtimeNames.join(', ')} or auto.`);
}
