import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-common';

/** What the two ONNX Runtime packages have in common. */
export interface Ort {
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: TensorConstructor & { readonly prototype: Tensor };
}

/** Numbers in memory of their own: the native library takes none that is shared. */
export function unshared<T extends Float32Array | Uint8Array>(data: T): T {
  return data.buffer instanceof SharedArrayBuffer ? (data.slice() as T) : data;
}
