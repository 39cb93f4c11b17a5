import type { Tensor, TensorFlow } from './tensorflow.ts';

/** What tfjs-node's backend offers, as far as it is asked for here. */
interface NodeBackend {
  readonly binding: Readonly<Record<string, number>>;
  executeMultipleOutputs(name: string, attributes: Attribute[], inputs: Tensor[], outputs: number): Tensor[];
}

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: string | number | boolean | number[];
}

type Type = 'float32' | 'int32';

interface KernelCall {
  /** One by default. */
  readonly outputs?: number;
  /** Attributes that name a type; by default `T`, the inputs', which is `float32`. */
  readonly types?: Readonly<Record<string, Type>>;
  /** Numbers are floats, lists of them integers. */
  readonly attributes?: Readonly<Record<string, string | number | boolean | readonly number[]>>;
}

/** Run a kernel of TensorFlow's library by its own name. */
export type NativeKernel = (name: string, inputs: readonly Tensor[], call?: KernelCall) => Tensor[];

const plain: Readonly<Record<string, Type>> = { T: 'float32' };

/**
 * TensorFlow's kernels for which TensorFlow.js has no function: those that do in one pass what it composes of many.
 *
 * @returns Nothing where the backend is not TensorFlow's library.
 */
export function nativeKernels(tf: TensorFlow): NativeKernel | undefined {
  if (tf.getBackend() !== 'tensorflow') return undefined;
  const backend = tf.backend() as unknown as NodeBackend;
  const { binding } = backend;
  const typeOf: Readonly<Record<Type, number>> = { float32: binding.TF_FLOAT!, int32: binding.TF_INT32! };
  return (name, inputs, { outputs = 1, types = plain, attributes = {} } = {}) => {
    const typed = Object.entries(types).map(([key, type]) => ({
      name: key,
      type: binding.TF_ATTR_TYPE!,
      value: typeOf[type],
    }));
    const others = Object.entries(attributes).map(([key, value]) => ({
      name: key,
      type: binding[kindOf(value)]!,
      value: value as Attribute['value'],
    }));
    return backend.executeMultipleOutputs(name, [...typed, ...others], [...inputs], outputs);
  };
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'TF_ATTR_INT';
  if (typeof value === 'boolean') return 'TF_ATTR_BOOL';
  return typeof value === 'number' ? 'TF_ATTR_FLOAT' : 'TF_ATTR_STRING';
}

export interface OwnGradient {
  /** Compute the value; what it keeps, `back` gets. */
  readonly forward: (keep: (tensors: Tensor[]) => void) => Tensor;
  /** From the slope by the value to that by each input. */
  readonly back: (slope: Tensor, kept: Tensor[]) => Tensor[];
}

/** Compute something that has a gradient of its own. */
export function withGradient(tf: TensorFlow, inputs: readonly Tensor[], { forward, back }: OwnGradient): Tensor {
  const operation = tf.customGrad((...given) => ({
    value: forward(given.at(-1) as unknown as (tensors: Tensor[]) => void),
    gradFunc: back,
  }));
  return operation(...inputs);
}
