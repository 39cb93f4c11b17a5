import { FaceError } from '@kith/core';
import type { Weights, WeightTensor } from '@kith/network';

/** Our names of the blocks, and face-api's. */
const blocks: readonly (readonly [ours: string, theirs: string])[] = [
  ['res32.1', 'conv32_1'],
  ['res32.2', 'conv32_2'],
  ['res32.3', 'conv32_3'],
  ['down64', 'conv64_down'],
  ['res64.1', 'conv64_1'],
  ['res64.2', 'conv64_2'],
  ['res64.3', 'conv64_3'],
  ['down128', 'conv128_down'],
  ['res128.1', 'conv128_1'],
  ['res128.2', 'conv128_2'],
  ['down256.1', 'conv256_down'],
  ['res256.1', 'conv256_1'],
  ['res256.2', 'conv256_2'],
  ['down256.2', 'conv256_down_out'],
];

/** face-api divides pixels by 255, the table by 256 as dlib does: the first kernel, which nothing pads, makes up for it. */
const firstKernelScale = 256 / 255;

/**
 * Give the tensors of face-api's `face_recognition_model` the names of `dlib-resnet29`, so that the table gives what face-api's net gives.
 *
 * @param raw - Under face-api's names; kernels are laid out as ours.
 * @throws {FaceError} `WEIGHTS_MISMATCH` when one is missing.
 */
export function dlibResnet29Weights(raw: ReadonlyMap<string, WeightTensor>): Weights {
  const take = (name: string): WeightTensor => {
    const tensor = raw.get(name);
    if (tensor) return tensor;
    throw new FaceError('WEIGHTS_MISMATCH', `face-api's recogniser lacks ${name}, expected for dlib-resnet29.`);
  };
  const affineConv = (ours: string, theirs: string): [string, WeightTensor][] => [
    [`${ours}/kernel`, take(`${theirs}/conv/filters`)],
    [`${ours}/bias`, take(`${theirs}/conv/bias`)],
    [`${ours}.affine/gamma`, take(`${theirs}/scale/weights`)],
    [`${ours}.affine/beta`, take(`${theirs}/scale/biases`)],
  ];
  const weights = new Map([
    ...affineConv('conv32/conv', 'conv32_down'),
    ...blocks.flatMap(([ours, theirs]) =>
      [1, 2].flatMap((i) => affineConv(`${ours}/sum/conv${i}`, `${theirs}/conv${i}`)),
    ),
    ['fc/kernel', take('fc')] as const,
  ]);
  const first = weights.get('conv32/conv/kernel')!;
  weights.set('conv32/conv/kernel', { shape: first.shape, data: first.data.map((value) => value * firstKernelScale) });
  return weights;
}
