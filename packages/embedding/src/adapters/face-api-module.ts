/** A tensor of tfjs, as far as it is used here. */
export interface Tensor {
  data(): Promise<Float32Array>;
  dispose(): void;
}

/** What is used of face-api, loaded by the caller with its backend and weights. Its own types clash with those of browsers. */
export interface FaceApiModule {
  readonly tf: {
    tensor3d(
      values: Uint8Array,
      shape: readonly [height: number, width: number, channels: number],
      type: 'int32',
    ): Tensor;
  };
  readonly nets: { readonly faceRecognitionNet: { forward(inputs: readonly Tensor[]): Promise<Tensor> } };
}
