import type { InferenceSession, Tensor, TensorConstructor } from 'onnxruntime-common';

/** What the two ONNX Runtime packages have in common. */
export interface Ort {
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: TensorConstructor & { readonly prototype: Tensor };
}
