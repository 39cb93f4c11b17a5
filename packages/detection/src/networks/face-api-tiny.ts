import { FaceError } from '@kith/core';
import {
  chain,
  conv,
  depthwise,
  type Layer,
  leakyRelu,
  maxPool,
  type Network,
  network,
  normalize,
  pointwise,
} from '@kith/network';

/** Numbers the tiny detector gives a box: its move and stretch, and the logit of a face. */
export const tinyBoxSize = 5;

/** Boxes that each cell may move and stretch: width and height in cells. */
export const tinyAnchors: readonly (readonly [width: number, height: number])[] = [
  [1.603231, 2.094468],
  [6.041143, 7.080126],
  [2.882459, 3.518061],
  [4.266906, 5.178857],
  [9.041765, 10.66308],
];

/**
 * face-api's tiny detector, a YOLO V2 of separable convolutions.
 *
 * @param sidePx - Side of the square it looks at, a multiple of 32.
 * @throws {FaceError} `USAGE` for another side.
 * @see Redmon & Farhadi, YOLO9000, CVPR 2017.
 */
export function faceApiTiny(sidePx = 416): Network {
  if (!Number.isInteger(sidePx) || sidePx < 32 || sidePx % 32 !== 0) {
    throw new FaceError('USAGE', `The tiny detector looks at a square of a multiple of 32 px, got ${sidePx}.`);
  }
  const half = { kernel: 2, stride: 2 } as const;
  return network('face-api-tiny', { input: [sidePx, sidePx, 3], note: 'The total counts all kernels and biases.' }, [
    normalize('pixels', { mean: [117.001, 114.697, 97.404], deviation: 255 }),
    chain('conv0', [conv('', 16, { kernel: 3, padding: 'valid' }), leakyRelu('leaky')]),
    maxPool('pool0', half),
    separable('conv1', 32),
    maxPool('pool1', half),
    separable('conv2', 64),
    maxPool('pool2', half),
    separable('conv3', 128),
    maxPool('pool3', half),
    separable('conv4', 256),
    maxPool('pool4', half),
    separable('conv5', 512),
    maxPool('pool5', { kernel: 2, stride: 1 }),
    pointwise('boxes', tinyBoxSize * tinyAnchors.length),
  ]);
}

function separable(name: string, filters: number): Layer {
  return chain(name, [
    depthwise('depthwise', { kernel: 3, bias: false }),
    pointwise('pointwise', filters),
    leakyRelu('leaky'),
  ]);
}
