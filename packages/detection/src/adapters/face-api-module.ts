/** A tensor of tfjs, as far as it is used here. */
export interface Tensor {
  data(): Promise<Float32Array>;
  dispose(): void;
}

/** A face as face-api's detectors report it; the box in px of the input. */
export interface LocatedBox {
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly score: number;
}

interface FaceLocator {
  locateFaces(input: Tensor, options: object): Promise<readonly LocatedBox[]>;
}

/** What is used of face-api, loaded by the caller with its backend and weights. Its own types clash with those of browsers. */
export interface FaceApiModule {
  readonly tf: {
    tensor3d(
      values: Uint8Array | Float32Array,
      shape: readonly [height: number, width: number, channels: number],
      type?: 'int32' | 'float32',
    ): Tensor;
  };
  readonly nets: {
    readonly ssdMobilenetv1: FaceLocator;
    readonly tinyFaceDetector: FaceLocator;
    readonly faceLandmark68Net: { forward(inputs: readonly Tensor[]): Promise<Tensor> };
  };
  readonly SsdMobilenetv1Options: new (options: { minConfidence: number; maxResults: number }) => object;
  readonly TinyFaceDetectorOptions: new (options: { inputSize: number; scoreThreshold: number }) => object;
}
