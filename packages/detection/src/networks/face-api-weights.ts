import { FaceError } from '@kith/core';
import type { Weights, WeightTensor } from '@kith/network';

/** Tensors of a face-api model under face-api's own names; kernels are laid out as ours. */
export type RawWeights = ReadonlyMap<string, WeightTensor>;

/** Our name of a parameter, and face-api's. */
type Renaming = readonly [ours: string, theirs: string];

/**
 * Give the tensors of `ssd_mobilenetv1_model` the names of `face-api-ssd`; its priors and shapes stay behind.
 *
 * @throws {FaceError} `WEIGHTS_MISMATCH` when one is missing.
 */
export function faceApiSsdWeights(raw: RawWeights): Weights {
  const folded = (ours: string, theirs: string): Renaming[] => [
    [`${ours}/kernel`, `${theirs}_pointwise/weights`],
    [`${ours}/bias`, `${theirs}_pointwise/convolution_bn_offset`],
  ];
  const separable = (i: number): Renaming[] => {
    const depthwise = `MobilenetV1/Conv2d_${i}_depthwise`;
    return [
      [`conv${i}/depthwise/kernel`, `${depthwise}/depthwise_weights`],
      [`conv${i}/depthwise/norm/gamma`, `${depthwise}/BatchNorm/gamma`],
      [`conv${i}/depthwise/norm/beta`, `${depthwise}/BatchNorm/beta`],
      [`conv${i}/depthwise/norm/mean`, `${depthwise}/BatchNorm/moving_mean`],
      [`conv${i}/depthwise/norm/variance`, `${depthwise}/BatchNorm/moving_variance`],
      ...folded(`conv${i}/pointwise`, `MobilenetV1/Conv2d_${i}`),
    ];
  };
  const head = (ours: string, theirs: string): Renaming[] => [
    [`${ours}/kernel`, `${theirs}/weights`],
    [`${ours}/bias`, `${theirs}/biases`],
  ];
  return renamed(raw, [
    ...folded('conv0', 'MobilenetV1/Conv2d_0'),
    ...upTo(13).flatMap((i) => separable(i + 1)),
    ...upTo(8).flatMap((i) => folded(`extra${i}`, `Prediction/Conv2d_${i}`)),
    ...upTo(6).flatMap((i) => [
      ...head(`boxes${i}`, `Prediction/BoxPredictor_${i}/BoxEncodingPredictor`),
      ...head(`classes${i}`, `Prediction/BoxPredictor_${i}/ClassPredictor`),
    ]),
  ]);
}

/**
 * Give the tensors of `tiny_face_detector_model` the names of `face-api-tiny`.
 *
 * @throws {FaceError} `WEIGHTS_MISMATCH` when one is missing.
 */
export function faceApiTinyWeights(raw: RawWeights): Weights {
  return renamed(raw, [
    ...full('conv0', 'conv0'),
    ...upTo(5).flatMap((i) => separable(`conv${i + 1}`, `conv${i + 1}`)),
    ...full('boxes', 'conv8'),
  ]);
}

/**
 * Give the tensors of `face_landmark_68_model` the names of `face-api-landmarks`.
 *
 * @throws {FaceError} `WEIGHTS_MISMATCH` when one is missing.
 */
export function faceApiLandmarksWeights(raw: RawWeights): Weights {
  const names = upTo(4).flatMap((block) => upTo(4).map((layer) => `dense${block}/conv${layer}`));
  return renamed(raw, [
    ...names.flatMap((name, i) => (i === 0 ? full(name, name) : separable(name, name))),
    ['fc/kernel', 'fc/weights'],
    ['fc/bias', 'fc/bias'],
  ]);
}

function full(ours: string, theirs: string): Renaming[] {
  return [
    [`${ours}/kernel`, `${theirs}/filters`],
    [`${ours}/bias`, `${theirs}/bias`],
  ];
}

function separable(ours: string, theirs: string): Renaming[] {
  return [
    [`${ours}/depthwise/kernel`, `${theirs}/depthwise_filter`],
    [`${ours}/pointwise/kernel`, `${theirs}/pointwise_filter`],
    [`${ours}/pointwise/bias`, `${theirs}/bias`],
  ];
}

function renamed(raw: RawWeights, names: readonly Renaming[]): Weights {
  return new Map(
    names.map(([ours, theirs]) => {
      const tensor = raw.get(theirs);
      if (tensor) return [ours, tensor];
      throw new FaceError('WEIGHTS_MISMATCH', `face-api's weights lack ${theirs}, expected for ${ours}.`);
    }),
  );
}

function upTo(count: number): number[] {
  return [...Array(count).keys()];
}
