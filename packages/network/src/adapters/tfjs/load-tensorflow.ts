import { env } from 'node:process';
import util from 'node:util';
import type { TensorFlow } from './tensorflow.ts';

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
