import { env } from 'node:process';
import util from 'node:util';
import { FaceError } from '@kith/core';
import type { Runtime } from '../../runtime.ts';
import type { TensorFlow } from '../tfjs/index.ts';
import { messageOf } from './failure.ts';

/**
 * Run networks with TensorFlow.js: its native binding, or plain JavaScript where that is missing.
 *
 * @throws {FaceError} `RUNTIME_UNAVAILABLE` where neither is installed.
 */
export async function tensorFlowRuntime(): Promise<Runtime> {
  try {
    const { tfjsRuntime } = await import('../tfjs/index.ts');
    return tfjsRuntime(await loadTensorFlow());
  } catch (error) {
    throw new FaceError(
      'RUNTIME_UNAVAILABLE',
      `TensorFlow.js cannot be loaded: ${messageOf(error)}. Install @tensorflow/tfjs-node or @tensorflow/tfjs, or use onnxruntime.`,
      { cause: error },
    );
  }
}

/** Load TensorFlow's own library where it is installed, else TensorFlow.js with the best backend there is. */
export async function loadTensorFlow(): Promise<TensorFlow> {
  // TensorFlow reports its CPU features on standard error unless told not to
  env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  restoreUtilities();
  const tf = await import('@tensorflow/tfjs-node').catch(() => import('@tensorflow/tfjs'));
  await tf.ready();
  return tf;
}

/** Node 23 took away helpers of `util` that tfjs-node 4.22 calls. */
function restoreUtilities(): void {
  const lost = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  };
  for (const [name, value] of Object.entries(lost)) {
    if (!(name in util)) Object.defineProperty(util, name, { value, configurable: true });
  }
}
