import {
  createLandmarks,
  type Detection,
  type Detector,
  type Image,
  type LandmarkDetector,
  type Landmarks,
  sampleAffine,
  scaleBox,
  scaleOf,
  shrink,
  transformLandmarks,
} from '@kith/core';
import { type Crop, mirroredCrop, squareAround, uprightAround } from '../landmark-crops.ts';
import { averageLandmarks, mirrorLandmarks } from '../landmark-symmetry.ts';
import type { FaceApiModule, LocatedBox, Tensor } from './face-api-module.ts';

/** The side in px of the square that the SSD looks at; its priors are made for this size. */
const ssdSidePx = 512;

/** The side in px of the square that the landmark net looks at. */
const landmarkSidePx = 112;

export interface FaceApiDetectorOptions {
  /** Detections below this score are not reported. */
  readonly minScore?: number;
}

/**
 * Detect with face-api's SSD MobileNet V1, which looks at the image at 512 px.
 *
 * @see Liu et al., SSD, ECCV 2016; Howard et al., MobileNets, 2017.
 */
export function faceApiSsd(faceApi: FaceApiModule, { minScore = 0.1 }: FaceApiDetectorOptions = {}): Detector {
  const options = new faceApi.SsdMobilenetv1Options({ minConfidence: minScore, maxResults: 500 });
  return {
    name: 'ssd',
    detect: (image) =>
      locateFaces(faceApi, image, {
        sidePx: ssdSidePx,
        locate: (input) => faceApi.nets.ssdMobilenetv1.locateFaces(input, options),
      }),
  };
}

/**
 * Detect with face-api's tiny detector, which looks at the image at `sidePx`, a multiple of 32.
 *
 * @see Redmon & Farhadi, YOLO9000, CVPR 2017.
 */
export function faceApiTiny(
  faceApi: FaceApiModule,
  { sidePx = 320, minScore = 0.1 }: FaceApiDetectorOptions & { readonly sidePx?: number } = {},
): Detector {
  const options = new faceApi.TinyFaceDetectorOptions({ inputSize: sidePx, scoreThreshold: minScore });
  return {
    name: `tiny${sidePx}`,
    detect: (image) =>
      locateFaces(faceApi, image, {
        sidePx,
        locate: (input) => faceApi.nets.tinyFaceDetector.locateFaces(input, options),
      }),
  };
}

/**
 * Locate 68 landmarks with face-api's landmark net: once in the box's square, then in an upright square around the points
 * found, together with its mirror image. The mean of the two is free of the net's pull to one side, about 1 px of its 112.
 */
export function faceApiLandmarks(faceApi: FaceApiModule): LandmarkDetector {
  return {
    name: 'landmark68x3',
    async locate(image, boxes) {
      const located: Landmarks[] = [];
      for (const box of boxes) {
        const [rough] = await locatePoints(faceApi, image, [squareAround(box, landmarkSidePx)]);
        const upright = uprightAround(rough!, landmarkSidePx);
        const [plain, mirrored] = await locatePoints(faceApi, image, [upright, mirroredCrop(upright)]);
        located.push(averageLandmarks([plain!, mirrorLandmarks(mirrored!)]));
      }
      return located;
    },
  };
}

/** Run a face-api detector on an image shrunk to about the size that the detector looks at. */
async function locateFaces(
  faceApi: FaceApiModule,
  image: Image,
  { sidePx, locate }: { readonly sidePx: number; readonly locate: (input: Tensor) => Promise<readonly LocatedBox[]> },
): Promise<readonly Detection[]> {
  const { image: small, toOriginal } = shrink(image, sidePx);
  const input = faceApi.tf.tensor3d(small.data, [small.height, small.width, 3], 'int32');
  try {
    const scale = scaleOf(toOriginal);
    return (await locate(input)).map(({ box: { x, y, width, height }, score }) => ({
      box: scaleBox({ xMin: x, yMin: y, xMax: x + width, yMax: y + height }, scale),
      score,
    }));
  } finally {
    input.dispose();
  }
}

/** Landmarks of the faces in crops of an image, in px of the image. */
async function locatePoints(
  faceApi: FaceApiModule,
  image: Image,
  crops: readonly Crop[],
): Promise<readonly Landmarks[]> {
  const inputs = crops.map((crop) =>
    faceApi.tf.tensor3d(sampleAffine(image, crop.toImage, { width: landmarkSidePx, height: landmarkSidePx }), [
      landmarkSidePx,
      landmarkSidePx,
      3,
    ]),
  );
  let output: Tensor | undefined;
  try {
    // [crops, 136]: x and y in turn, as shares of the crop's side
    output = await faceApi.nets.faceLandmark68Net.forward(inputs);
    const values = await output.data();
    return crops.map(({ toImage }, i) => {
      const inCrop = Float32Array.from(
        values.subarray(i * 136, (i + 1) * 136),
        (share) => share * landmarkSidePx - 0.5,
      );
      return transformLandmarks(createLandmarks('ibug68', inCrop), toImage);
    });
  } finally {
    for (const tensor of [...inputs, output]) tensor?.dispose();
  }
}
