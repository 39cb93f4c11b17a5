import { FaceError } from '@kith/core';
import type { Runtime } from '../../runtime.ts';
import { messageOf } from './failure.ts';

/**
 * Run networks with TensorFlow.js: its native binding, or plain JavaScript where that is missing.
 *
 * @throws {FaceError} `RUNTIME_UNAVAILABLE` where neither is installed.
 */
export async function tensorFlowRuntime(): Promise<Runtime> {
  try {
    const { loadTensorFlow, tfjsRuntime } = await import('../tfjs/index.ts');
    return tfjsRuntime(await loadTensorFlow());
  } catch (error) {
    throw new FaceError(
      'RUNTIME_UNAVAILABLE',
      `TensorFlow.js cannot be loaded: ${messageOf(error)}. Install @tensorflow/tfjs-node or @tensorflow/tfjs, or use onnxruntime.`,
      { cause: error },
    );
  }
}
