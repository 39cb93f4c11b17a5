import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Image } from '@kith/core';

/** A tensor of face-api's tfjs, as far as it is used here. */
interface Tensor {
  dataSync(): Float32Array;
  dispose(): void;
}

interface Tfjs {
  tensor3d(values: Uint8Array, shape: readonly number[], type: 'int32'): Tensor;
}

interface Net {
  loadFromDisk(folder: string): Promise<void>;
}

/** face-api as its package gives it, as far as it is used here. */
interface FaceApi {
  readonly tf: Tfjs;
  readonly nets: {
    readonly ssdMobilenetv1: Net & {
      forward(input: Tensor): Promise<{ readonly boxes: readonly Tensor[]; readonly scores: readonly Tensor[] }>;
    };
    readonly tinyFaceDetector: Net & { forward(input: Tensor, sidePx: number): Promise<Tensor> };
    readonly faceLandmark68Net: Net & { forward(input: Tensor): Promise<Tensor> };
    readonly faceRecognitionNet: Net & { forward(input: Tensor): Promise<Tensor> };
  };
}

const require = createRequire(import.meta.url);

/** The folder of face-api's weights. */
export const faceApiWeightFolder = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'model');

/** What face-api's own nets give for an image. */
export interface FaceApiNets {
  /** Boxes `[5118, 4]`: yMin, xMin, yMax, xMax as shares of the square; scores `[5118]`. */
  ssd(image: Image): Promise<{ readonly boxes: Float32Array; readonly scores: Float32Array }>;
  /** Shape `[cells, cells, 25]`. */
  tiny(image: Image, sidePx: number): Promise<Float32Array>;
  /** Shape `[136]`, for an image of 112 × 112 px. */
  landmarks(image: Image): Promise<Float32Array>;
  /** Shape `[128]`, for an image of 150 × 150 px. */
  recognition(image: Image): Promise<Float32Array>;
}

/** Load face-api with its four nets, on TensorFlow's library or else on WebAssembly. */
export async function loadFaceApiNets(): Promise<FaceApiNets> {
  const { tf, nets } = await loadFaceApi();
  const { ssdMobilenetv1, tinyFaceDetector, faceLandmark68Net, faceRecognitionNet } = nets;
  for (const net of [ssdMobilenetv1, tinyFaceDetector, faceLandmark68Net, faceRecognitionNet]) {
    await net.loadFromDisk(faceApiWeightFolder);
  }
  const withTensor = async <Result>({ width, height, data }: Image, run: (input: Tensor) => Promise<Result>) => {
    const input = tf.tensor3d(data, [height, width, 3], 'int32');
    try {
      return await run(input);
    } finally {
      input.dispose();
    }
  };
  return {
    ssd: (image) =>
      withTensor(image, async (input) => {
        const { boxes, scores } = await ssdMobilenetv1.forward(input);
        return { boxes: taken(boxes[0]!), scores: taken(scores[0]!) };
      }),
    tiny: (image, sidePx) => withTensor(image, async (input) => taken(await tinyFaceDetector.forward(input, sidePx))),
    landmarks: (image) => withTensor(image, async (input) => taken(await faceLandmark68Net.forward(input))),
    recognition: (image) => withTensor(image, async (input) => taken(await faceRecognitionNet.forward(input))),
  };
}

function taken(tensor: Tensor): Float32Array {
  const values = tensor.dataSync().slice();
  tensor.dispose();
  return values;
}

async function loadFaceApi(): Promise<FaceApi> {
  try {
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
    // Node 23 took away helpers of util that tfjs-node calls
    const util = require('node:util') as Record<string, unknown>;
    util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
    util.isArray ??= Array.isArray;
    require('@tensorflow/tfjs-node');
    return require('@vladmandic/face-api/dist/face-api.node.js') as FaceApi;
  } catch {
    const wasm = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void };
    const tf = require('@tensorflow/tfjs') as { setBackend(name: string): Promise<boolean>; ready(): Promise<void> };
    wasm.setWasmPaths(join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist/'));
    await tf.setBackend('wasm');
    await tf.ready();
    return require('@vladmandic/face-api/dist/face-api.node-wasm.js') as FaceApi;
  }
}
