import { createRequire } from 'node:module';
import type { TensorFlow } from './tensorflow.ts';

/** TensorFlow's own library where it loads, else TensorFlow.js on its plain backend. */
export async function loadTensorFlow(): Promise<TensorFlow> {
  const require = createRequire(import.meta.url);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  // Node 23 took away helpers of `util` that tfjs-node 4.22 calls
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
  try {
    return require('@tensorflow/tfjs-node') as TensorFlow;
  } catch {
    const tf = require('@tensorflow/tfjs') as TensorFlow;
    await tf.setBackend('cpu');
    await tf.ready();
    return tf;
  }
}
